using System.Text;

namespace MPanel.Jobs.Text;

/// <summary>Labels that mix scripts which nobody writes together, such as a Cyrillic letter in a Latin name: they look like another name.</summary>
public static class MixedScripts
{
    /// <param name="domain">In either form.</param>
    public static bool In(string domain) => DomainName.Unicode(domain).Split('.').Any(IsMixed);

    private static bool IsMixed(string label)
    {
        var scripts = label.EnumerateRunes().Select(ScriptOf).Where(s => s is not Common).ToHashSet();
        // Japanese, Korean and Chinese names are written with Latin letters among their own.
        return scripts.Count > 1 && !(scripts.Count == 2 && scripts.Contains(Latin) && scripts.Contains(EastAsian));
    }

    private const int Common = 0;
    private const int Latin = 1;
    private const int Greek = 2;
    private const int Cyrillic = 3;
    private const int EastAsian = 4;

    // A block of 128 code points holds one of the other scripts, or few.
    private const int FirstOther = 16;

    private static int ScriptOf(Rune rune)
    {
        var code = rune.Value;
        if (!Rune.IsLetter(rune))
            return Common;
        return code switch
        {
            < 0x0250 or (>= 0x1E00 and <= 0x1EFF) or (>= 0xA720 and <= 0xA7FF) or (>= 0xFF21 and <= 0xFF5A) => Latin,
            < 0x02B0 => Latin,
            (>= 0x0370 and <= 0x03FF) or (>= 0x1F00 and <= 0x1FFF) => Greek,
            (>= 0x0400 and <= 0x052F) or (>= 0x1C80 and <= 0x1C8F) or (>= 0x2DE0 and <= 0x2DFF) or (>= 0xA640 and <= 0xA69F) => Cyrillic,
            (>= 0x1100 and <= 0x11FF) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xA960 and <= 0xA97F) or (>= 0xAC00 and <= 0xD7FF) => EastAsian,
            (>= 0xF900 and <= 0xFAFF) or (>= 0xFF66 and <= 0xFFDC) or (>= 0x1B000 and <= 0x1B16F) or (>= 0x20000 and <= 0x323AF) =>
                EastAsian,
            // Arabic has several blocks.
            (>= 0x0600 and <= 0x06FF) or (>= 0x0750 and <= 0x077F) or (>= 0x08A0 and <= 0x08FF) or (>= 0xFB50 and <= 0xFEFF) => FirstOther,
            _ => FirstOther + 1 + code / 0x80,
        };
    }
}
