using Microsoft.Extensions.Options;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Domains;

/// <summary>
/// Names that nobody may have: those the settings name, and the company's own of its mail, with all below them, where its shop, its panel
/// and its nodes are.
/// </summary>
public sealed class ReservedDomains
{
    private readonly IReadOnlyList<string> _named;
    private readonly IReadOnlyList<string> _own;

    public ReservedDomains(IOptions<OrderOptions> orders, IOptions<SellerOptions> seller)
    {
        _named = [.. orders.Value.ReservedDomains.Select(Ascii).Where(n => n.Length > 0)];
        _own = [.. Mail(seller.Value)];
    }

    /// <summary>The names above the domain count, and those below it: whoever owns a name could speak for the company's below.</summary>
    /// <param name="domain">Lower-case ASCII.</param>
    public bool Contains(string domain) => NamedBySettings(domain) || IsNear(_own, domain);

    /// <summary>The same of what the settings name, without what is reserved by itself.</summary>
    public bool NamedBySettings(string domain) => IsNear(_named, domain);

    // Without a rule of what can be sold: a bare ending may be reserved.
    private static string Ascii(string name)
    {
        var trimmed = name.Trim().Trim('.').ToLowerInvariant();
        return trimmed.Length == 0 ? "" : DomainName.Searched(trimmed);
    }

    private static bool IsNear(IReadOnlyList<string> names, string domain) =>
        names.Any(own => own == domain || IsBelow(own, domain) || IsBelow(domain, own));

    private static IEnumerable<string> Mail(SellerOptions seller) =>
        EmailAddress.Normalize(seller.Email) is { } address ? [address[(address.LastIndexOf('@') + 1)..]] : [];

    private static bool IsBelow(string name, string parent) => name.EndsWith($".{parent}", StringComparison.Ordinal);
}
