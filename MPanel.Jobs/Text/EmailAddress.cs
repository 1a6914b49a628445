using System.Text.RegularExpressions;

namespace MPanel.Jobs.Text;

public static partial class EmailAddress
{
    /// <summary>The address with its domain in lower-case ASCII, or null when mail could not be sent there. Local parts are ASCII, unquoted.</summary>
    public static string? Normalize(string? input)
    {
        if (input is null || input.Length > 254)
            return null;
        var at = input.LastIndexOf('@');
        if (at is < 1 or > 64 || !LocalPart().IsMatch(input[..at]) || DomainName.Normalize(input[(at + 1)..]) is not { } domain)
            return null;
        return $"{input[..at]}@{domain}";
    }

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LocalPart();
}
