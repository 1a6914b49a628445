using System.Text.RegularExpressions;

namespace MPanel.Jobs.Text;

public static partial class EmailAddress
{
    // With what is pasted around it.
    private const int LongestTyped = 1000;

    /// <summary>
    /// The address with its domain in lower-case ASCII, or null when mail could not be sent there. Blanks around it are left out. Local parts
    /// are ASCII, unquoted: not every server takes others, and an address is also who somebody is.
    /// </summary>
    public static string? Normalize(string? typed)
    {
        if (typed is null or { Length: > LongestTyped } || PlainText.Trimmed(typed) is not { Length: <= 254 } input)
            return null;
        var at = input.LastIndexOf('@');
        if (at is < 1 or > 64 || !LocalPart().IsMatch(input[..at]) || DomainName.OfHost(input[(at + 1)..]) is not { } domain)
            return null;
        return $"{input[..at]}@{domain}";
    }

    /// <summary>As addresses are compared: nobody means two people by two spellings.</summary>
    public static string Folded(string address) => address.ToLowerInvariant();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LocalPart();
}
