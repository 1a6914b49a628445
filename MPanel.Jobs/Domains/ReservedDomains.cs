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
    private readonly IReadOnlyList<string> _own;

    public ReservedDomains(IOptions<OrderOptions> orders, IOptions<SellerOptions> seller) =>
        _own = [
            .. orders
                .Value.ReservedDomains.Select(n => n.Trim().Trim('.').ToLowerInvariant())
                .Concat(Mail(seller.Value))
                .Where(n => n.Length > 0),
        ];

    /// <summary>The names above the domain count, and those below it: whoever owns a name could speak for the company's below.</summary>
    /// <param name="domain">Lower-case ASCII.</param>
    public bool Contains(string domain) => _own.Any(own => own == domain || IsBelow(own, domain) || IsBelow(domain, own));

    private static IEnumerable<string> Mail(SellerOptions seller) =>
        EmailAddress.Normalize(seller.Email) is { } address ? [address[(address.LastIndexOf('@') + 1)..]] : [];

    private static bool IsBelow(string name, string parent) => name.EndsWith($".{parent}", StringComparison.Ordinal);
}
