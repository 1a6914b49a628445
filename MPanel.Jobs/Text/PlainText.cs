using System.Globalization;
using System.Text;

namespace MPanel.Jobs.Text;

/// <summary>Text a person could have typed: nothing in it that can't be seen, but for what a script needs to be written at all.</summary>
public static class PlainText
{
    // What copying and pasting leaves behind: soft hyphen, left-to-right, right-to-left and Arabic letter marks, word joiner, byte order mark.
    private const string PastedMarks = "\u00AD\u200E\u200F\u061C\u2060\uFEFF";

    private const char ZeroWidthSpace = '\u200B';

    /// <summary>
    /// The text as it is kept: composed (NFC), without what pasting left in it, every run of blanks and tabs one blank, none at its ends.
    /// </summary>
    /// <returns>Null where something in it is hidden that could make it pass for another text.</returns>
    public static string? Clean(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text.Trim())
            if (char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator || c == '\t')
                AppendBlank(kept);
            else if (!PastedMarks.Contains(c, StringComparison.Ordinal))
                kept.Append(c);
        var seen = WithoutBreaks(kept.ToString()).Trim(' ', ZeroWidthSpace, ScriptJoiners.NonJoiner, ScriptJoiners.Joiner);
        return HasInvisible(seen) ? null : seen.Normalize(NormalizationForm.FormC);
    }

    /// <summary>Without blanks and pasted marks around it: of what holds no blanks itself, such as an address.</summary>
    public static string Trimmed(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsEdge(text[start]))
            start++;
        while (end > start && IsEdge(text[end - 1]))
            end--;
        return text[start..end];
    }

    /// <summary>
    /// Control, format (zero-width, bidirectional), private-use or unassigned characters, line separators, letters that are blank, or half
    /// a surrogate pair. Joiners count only where the script has no use for them.
    /// </summary>
    public static bool HasInvisible(string text)
    {
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(text, i);
            if (category == UnicodeCategory.Format && ScriptJoiners.Belongs(text, i))
                continue;
            if (
                category
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.Surrogate
                        or UnicodeCategory.PrivateUse
                        or UnicodeCategory.OtherNotAssigned
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                // Hangul fillers and the empty Braille pattern: names of nothing else would be empty to the eye.
                || text[i] is '\u115F' or '\u1160' or '\u3164' or '\uFFA0' or '\u2800'
            )
                return true;
        }
        return false;
    }

    private static bool IsEdge(char c) => char.IsWhiteSpace(c) || c == ZeroWidthSpace || PastedMarks.Contains(c, StringComparison.Ordinal);

    private static void AppendBlank(StringBuilder kept)
    {
        if (kept.Length > 0 && kept[^1] != ' ')
            kept.Append(' ');
    }

    /// <summary>Thai and its neighbours are pasted with spaces of no width where a line may break; inside Latin they are there to hide.</summary>
    private static string WithoutBreaks(string text)
    {
        if (!text.Contains(ZeroWidthSpace, StringComparison.Ordinal))
            return text;
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
            if (text[i] != ZeroWidthSpace || i == 0 || i == text.Length - 1 || !ScriptJoiners.IsEastern(text[i - 1]))
                kept.Append(text[i]);
        return kept.ToString();
    }
}
