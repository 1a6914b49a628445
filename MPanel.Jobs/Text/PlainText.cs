using System.Globalization;

namespace MPanel.Jobs.Text;

/// <summary>Text a person could have typed: nothing in it that can't be seen.</summary>
public static class PlainText
{
    /// <summary>Control, format (zero-width, bidirectional), private-use or unassigned characters, line separators, or half a surrogate pair.</summary>
    public static bool HasInvisible(string text)
    {
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(text, i);
            if (
                category
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.Surrogate
                    or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
            )
                return true;
        }
        return false;
    }
}
