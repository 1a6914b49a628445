using System.Text.RegularExpressions;

namespace MPanel.Jobs.Payments;

/// <summary>Text that came from outside, made fit for a log line or a page: one line, short, with no key in it.</summary>
internal static partial class StripeText
{
    private const int Longest = 300;

    public static string Clean(string text)
    {
        var masked = Key().Replace(text, "$1_***");
        var line = Unprintable().Replace(masked, " ").Trim();
        return line.Length <= Longest ? line : line[..Longest] + "…";
    }

    // Broader than a valid key on purpose: a truncated or mistyped key is still most of a secret.
    [GeneratedRegex(@"((?:sk|rk|pk|whsec)(?:_(?:live|test))?)_[A-Za-z0-9_*]+")]
    private static partial Regex Key();

    [GeneratedRegex(@"[\p{C}\p{Zl}\p{Zp}]+")]
    private static partial Regex Unprintable();
}
