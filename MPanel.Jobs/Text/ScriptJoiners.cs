using System.Globalization;
using System.Text;

namespace MPanel.Jobs.Text;

/// <summary>
/// Format characters that belong to what they stand in: joiners between letters of scripts that are written with them, and between emoji;
/// signs of Arabic and Syriac numbers; the letters of a flag.
/// </summary>
internal static class ScriptJoiners
{
    public const char NonJoiner = '\u200C';
    public const char Joiner = '\u200D';

    private const char MongolianVowelSeparator = '\u180E';
    private const int BlackFlag = 0x1F3F4;

    /// <summary>With the sign at their end.</summary>
    private const int MostFlagLetters = 7;

    /// <summary>Whether the format character at this place is seen, or shapes what is seen.</summary>
    public static bool Belongs(string text, int at) =>
        text[at] switch
        {
            (>= '\u0600' and <= '\u0605') or '\u06DD' or '\u070F' or '\u08E2' => true,
            NonJoiner or MongolianVowelSeparator => Shapes(Before(text, at)) && Shapes(After(text, at)),
            Joiner => Shapes(Before(text, at)) && Shapes(After(text, at)) || IsEmoji(Before(text, at)) && IsEmoji(After(text, at)),
            _ => IsFlagLetter(text, at),
        };

    /// <summary>Of a script of South and East Asia, whose lines break where no blank is.</summary>
    public static bool IsEastern(char c) =>
        c
            is (>= '\u0E00' and <= '\u0EFF')
                or (>= '\u1000' and <= '\u109F')
                or (>= '\u1780' and <= '\u17FF')
                or (>= '\u2E80' and <= '\uD7FF');

    private static Rune? Before(string text, int at) =>
        at > 0 && Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : null;

    private static Rune? After(string text, int at) =>
        Rune.DecodeFromUtf16(text.AsSpan(at + 1), out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : null;

    /// <summary>A letter, or a sign on one, of Arabic and its kin, of India, Tibet, Myanmar, Cambodia, Mongolia or Java.</summary>
    private static bool Shapes(Rune? rune) =>
        rune?.Value
            is (>= 0x0620 and <= 0x08FF)
                or (>= 0x0900 and <= 0x0DFF)
                or (>= 0x0F00 and <= 0x109F)
                or (>= 0x1780 and <= 0x18AF)
                or (>= 0xA840 and <= 0xA9DF)
                or (>= 0xAA60 and <= 0xAA7F)
                or (>= 0xFB50 and <= 0xFDFF)
                or (>= 0xFE70 and <= 0xFEFC)
                or (>= 0x10A00 and <= 0x10A5F)
                or (>= 0x11000 and <= 0x11FFF)
                or (>= 0x1E900 and <= 0x1E95F)
        && Rune.GetUnicodeCategory(rune.Value) is var category
        && category
            is UnicodeCategory.OtherLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter;

    /// <summary>A picture, the colour of a skin or hair, or the sign that the picture before it is in colour.</summary>
    private static bool IsEmoji(Rune? rune) =>
        rune is { } known
        && (known.Value is 0xFE0F or (>= 0x1F3FB and <= 0x1F3FF) || Rune.GetUnicodeCategory(known) == UnicodeCategory.OtherSymbol);

    /// <summary>Flags of England, Scotland and Wales: a black flag, and letters behind it that nobody sees.</summary>
    private static bool IsFlagLetter(string text, int at)
    {
        var rune = RuneAt(text, at);
        for (var letters = 0; letters < MostFlagLetters && rune is { Value: >= 0xE0030 and <= 0xE007F }; letters++, at -= 2)
        {
            rune = Before(text, at);
            if (rune is { Value: BlackFlag })
                return true;
        }
        return false;
    }

    private static Rune? RuneAt(string text, int at) =>
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : null;
}
