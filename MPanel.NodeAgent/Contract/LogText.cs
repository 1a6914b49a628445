using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MPanel.NodeAgent.Contract;

/// <summary>Makes a line of somebody's output fit to be stored and shown: secrets masked, control characters gone, length bounded.</summary>
public static partial class LogText
{
    /// <summary>The longest line that <see cref="Clean"/> returns, in UTF-16 code units.</summary>
    public const int MaxLength = 4000;

    private const string Mask = "***";
    private const int Examined = 4 * MaxLength;
    private const int LongestTokenDropped = 512;

    // By the clock, and a busy machine may not let a thread run for a second: no pattern needs more than some milliseconds of its own.
    private const int MatchMilliseconds = 10_000;

    /// <summary>
    /// One line without escapes, control and direction characters and without what looks like a secret, of at most
    /// <see cref="MaxLength"/> characters. Cleaning twice changes nothing. Never throws, whatever the text.
    /// </summary>
    public static string Clean(string text)
    {
        try
        {
            // Escapes go first: a colour code in the middle of a key would hide the key from the masks.
            var plain = Plain(Escapes().Replace(Shorten(text), ""));
            return Cut(Masked(plain).Trim());
        }
        catch (RegexMatchTimeoutException)
        {
            return "[line withheld: it could not be checked for secrets]";
        }
    }

    private static string Masked(string text)
    {
        text = PrivateKeys().Replace(text, "[private-key]");
        text = UrlUsers().Replace(text, $"$1{Mask}@");
        text = AuthorizationHeaders().Replace(text, $"$1{Mask}");
        text = Assignments().Replace(text, $"$1$2$4$6{Mask}$3$5$7");
        text = CommandLineValues().Replace(text, $"$1{Mask}");
        text = BearerTokens().Replace(text, $"$1 {Mask}");
        return KnownTokens().Replace(text, $"$1$2$3{Mask}");
    }

    // A key cut in two would no longer look like one: what stands at the cut is dropped back to the last space.
    private static string Shorten(string text)
    {
        if (text.Length <= Examined)
            return text;
        var space = text.LastIndexOfAny([' ', '\n', '\t'], Examined - 1, LongestTokenDropped);
        return text[..(space >= 0 ? space : Examined - LongestTokenDropped)] + " …";
    }

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or '\r' or 0x85 or 0x2028 or 0x2029)
                plain.Append(' ');
            // Format covers the bidi controls, zero-width characters and tags.
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format))
                plain.Append(rune);
        }
        return plain.ToString();
    }

    private static string Cut(string text)
    {
        if (text.Length <= MaxLength)
            return text;
        var end = MaxLength - 1;
        if (char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[..end] + "…";
    }

    // CSI, OSC and DCS-like strings, two-character escapes, and the eight-bit CSI.
    [GeneratedRegex(
        @"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?",
        RegexOptions.CultureInvariant,
        MatchMilliseconds
    )]
    private static partial Regex Escapes();

    [GeneratedRegex(
        @"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z)",
        RegexOptions.CultureInvariant,
        MatchMilliseconds
    )]
    private static partial Regex PrivateKeys();

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]{0,20}://)[^\s/?#]{1,1000}@", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex UrlUsers();

    [GeneratedRegex(
        """(authorization["']?[ ]{0,4}[:=][ ]{0,4}["']?(?:(?:bearer|basic|digest|token|apikey)[ ]+)?)[^\s"',]+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        MatchMilliseconds
    )]
    private static partial Regex AuthorizationHeaders();

    // Quotes stay, so that cleaning again finds the same value. An unquoted one ends at a space or an ampersand only: rather too
    // much hidden than the second half of a password shown.
    [GeneratedRegex(
        """((?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[a-z0-9_.-]{0,24}(?:\\?["'])?[ ]{0,4}(?:=>|[:=])[ ]{0,4})"""
            + """(?:(\\")(?:(?!\\")[\s\S])*(\\"|\z)|(")(?:\\[\s\S]|[^"\\])*("|\\?\z)|(')(?:\\[\s\S]|[^'\\])*('|\\?\z)|[^\s&]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        MatchMilliseconds
    )]
    private static partial Regex Assignments();

    [GeneratedRegex(
        @"(--?[a-z-]{0,24}(?:password|passwd|passphrase|secret|token|api-?key)[ ]+)[^\s]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        MatchMilliseconds
    )]
    private static partial Regex CommandLineValues();

    [GeneratedRegex(
        @"(?<![A-Za-z0-9])(bearer)[ ]+[A-Za-z0-9._~+/=-]{4,}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        MatchMilliseconds
    )]
    private static partial Regex BearerTokens();

    // Stripe's secret and restricted keys, webhook and client secrets; the panel's own tokens; JSON web tokens.
    [GeneratedRegex(
        @"(?<![A-Za-z0-9])((?>(?:sk|rk)_(?:(?:live|test|org)_)?)|whsec_|[a-z]{2,8}_[A-Za-z0-9]{4,40}_secret_)[A-Za-z0-9_+/=-]{4,}"
            + @"|(?<![A-Za-z0-9])(mp[a-z]{0,6}_)(?=[A-Za-z0-9_.-]{0,80}[0-9A-Z])[A-Za-z0-9_.-]{12,}"
            + @"|(?<![A-Za-z0-9])(eyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+",
        RegexOptions.CultureInvariant,
        MatchMilliseconds
    )]
    private static partial Regex KnownTokens();
}
