using Microsoft.Extensions.Options;
using MPanel.Database.Domains;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Domains;

/// <summary>Names that nobody may have, with all below them: those the settings name, the company's own of its mail, and its nodes'.</summary>
public sealed class ReservedDomains(IOptions<OrderOptions> orders, IOptions<SellerOptions> seller, PublicSuffixes suffixes)
{
    /// <summary>The names above the domain count, and those below it: whoever owns a name could speak for its nodes.</summary>
    /// <param name="domain">Lower-case ASCII.</param>
    public async Task<bool> Contains(NpgsqlConnection db, string domain, NpgsqlTransaction? transaction = null)
    {
        var nodes = await NodeNames.All(db, transaction);
        return orders
            .Value.ReservedDomains.Concat(Mail())
            .Concat(nodes)
            .Select(name => name.Trim().TrimEnd('.').ToLowerInvariant())
            .Any(own => Overlaps(own, domain) || IsOwn(own, domain));
    }

    private IEnumerable<string> Mail() =>
        EmailAddress.Normalize(seller.Value.Email) is { } address ? [address[(address.LastIndexOf('@') + 1)..]] : [];

    private static bool Overlaps(string one, string other) =>
        one == other || one.EndsWith($".{other}", StringComparison.Ordinal) || other.EndsWith($".{one}", StringComparison.Ordinal);

    /// <summary>Its www name is its own, too.</summary>
    private bool IsOwn(string own, string domain) => own == $"www.{domain}" && !suffixes.IsSuffix(domain);
}
