using System.Globalization;
using System.Text.RegularExpressions;

namespace MPanel.Jobs.Text;

/// <summary>Domain names as customers type them, and as every other part of the panel may rely on them.</summary>
public static partial class DomainName
{
    // 253 less "www.", and a little room: the site answers to its www name too.
    private const int LongestName = 246;
    private const int LongestInput = 253;

    // With what is pasted around it.
    private const int LongestTyped = 1000;

    // RFC 6761, 6762, 7686 and 8375, and what resolves nowhere: a website there could never be reached, or is somebody's inside.
    private static readonly HashSet<string> ReservedEndings =
    [
        "localhost",
        "localdomain",
        "local",
        "invalid",
        "onion",
        "arpa",
        "internal",
        "lan",
    ];

    // Under these, below two-letter endings, others register their names: whoever owned co.uk here would block everybody else's.
    private static readonly HashSet<string> RegistryLabels = ["ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"];

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true, AllowUnassigned = false };

    /// <summary>
    /// Lower-case ASCII (IDN as punycode) without a trailing dot, or null when it is no host name that can be sold. Blanks around it and the
    /// <c>https://…/</c> of an address that was pasted are left out.
    /// </summary>
    public static string? Normalize(string? typed)
    {
        if (typed is null or { Length: > LongestTyped })
            return null;
        var trimmed = PlainText.Trimmed(typed);
        var host = Scheme().Replace(trimmed, "");
        var isAddress = host.Length < trimmed.Length;
        return OfHost(isAddress && host.EndsWith('/') ? host[..^1] : host);
    }

    /// <summary>The same of a name that nothing but a trailing dot may stand around.</summary>
    internal static string? OfHost(string input)
    {
        if (input.EndsWith('.'))
            input = input[..^1];
        if (string.IsNullOrEmpty(input) || input.Length > LongestInput || PlainText.HasInvisible(input))
            return null;
        var ascii = ToAscii(input);
        if (ascii is null || ascii.Length > LongestName || !HostName().IsMatch(ascii))
            return null;
        var labels = ascii.Split('.');
        var sellable = labels.Length >= 2 && !ReservedEndings.Contains(labels[^1]) && !IsRegistry(labels);
        return sellable && labels.All(IsHonest) ? ascii : null;
    }

    /// <summary>The name itself, then each parent down to two labels: <c>a.b.example.net</c>, <c>b.example.net</c>, <c>example.net</c>.</summary>
    public static IEnumerable<string> SelfAndParents(string domain)
    {
        for (
            var name = domain;
            name.Contains('.', StringComparison.Ordinal);
            name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]
        )
            yield return name;
    }

    /// <summary>As people write it: <c>bücher.example</c> for <c>xn--bcher-kva.example</c>. The name itself where it is no IDN.</summary>
    public static string Unicode(string domain)
    {
        try
        {
            return Idn.GetUnicode(domain);
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }

    /// <summary>What to look for among stored names when somebody searches for this: an IDN in its stored form, the rest as it is.</summary>
    public static string Searched(string text) => text.All(char.IsAscii) ? text : ToAscii(text) ?? text;

    private static bool IsRegistry(string[] labels) => labels.Length == 2 && labels[1].Length == 2 && RegistryLabels.Contains(labels[0]);

    private static string? ToAscii(string input)
    {
        try
        {
            return Idn.GetAscii(input).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Punycode must be what the mapping itself would produce: no second spelling of a name, no undecodable label.</summary>
    private static bool IsHonest(string label)
    {
        if (!label.StartsWith("xn--", StringComparison.Ordinal))
            return label.Length < 4 || label[2..4] != "--";
        try
        {
            return Idn.GetAscii(Idn.GetUnicode(label)) == label;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^https?://", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    // The last label must not be a number, or the name could be read as an address.
    [GeneratedRegex(
        @"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+$)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex HostName();
}
