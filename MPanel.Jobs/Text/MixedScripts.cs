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

    // Scripts that have several blocks, or share one of 128 code points. Any other script is told by such a block.
    private const int Arabic = 5;
    private const int Armenian = 6;
    private const int Hebrew = 7;
    private const int Ethiopic = 8;
    private const int Georgian = 9;
    private const int Cherokee = 10;
    private const int Devanagari = 11;
    private const int Tibetan = 12;
    private const int Myanmar = 13;
    private const int Khmer = 14;
    private const int Mongolian = 15;
    private const int Canadian = 16;
    private const int Tifinagh = 17;
    private const int TaiTham = 18;
    private const int Coptic = 19;
    private const int FirstOther = 32;

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
            (>= 0x0600 and <= 0x06FF) or (>= 0x0750 and <= 0x077F) or (>= 0x0870 and <= 0x08FF) or (>= 0xFB50 and <= 0xFEFF) => Arabic,
            (>= 0x0530 and <= 0x058F) or (>= 0xFB13 and <= 0xFB17) => Armenian,
            (>= 0x0590 and <= 0x05FF) or (>= 0xFB1D and <= 0xFB4F) => Hebrew,
            (>= 0x1200 and <= 0x139F) or (>= 0x2D80 and <= 0x2DDF) or (>= 0xAB00 and <= 0xAB2F) or (>= 0x1E7E0 and <= 0x1E7FF) => Ethiopic,
            (>= 0x10A0 and <= 0x10FF) or (>= 0x1C90 and <= 0x1CBF) or (>= 0x2D00 and <= 0x2D2F) => Georgian,
            (>= 0x13A0 and <= 0x13FF) or (>= 0xAB70 and <= 0xABBF) => Cherokee,
            (>= 0x0900 and <= 0x097F) or (>= 0xA8E0 and <= 0xA8FF) => Devanagari,
            >= 0x0F00 and <= 0x0FFF => Tibetan,
            (>= 0x1000 and <= 0x109F) or (>= 0xA9E0 and <= 0xA9FF) or (>= 0xAA60 and <= 0xAA7F) => Myanmar,
            (>= 0x1780 and <= 0x17FF) or (>= 0x19E0 and <= 0x19FF) => Khmer,
            >= 0x1800 and <= 0x18AF => Mongolian,
            (>= 0x1400 and <= 0x167F) or (>= 0x18B0 and <= 0x18FF) => Canadian,
            >= 0x2D30 and <= 0x2D7F => Tifinagh,
            >= 0x1A20 and <= 0x1AAF => TaiTham,
            >= 0x2C80 and <= 0x2CFF => Coptic,
            _ => FirstOther + code / 0x80,
        };
    }
}
