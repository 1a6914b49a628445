using MPanel.Database.Domains;
using MPanel.Database.Websites;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>Whether the customer may have the domain they ordered for.</summary>
internal static class OrderedDomain
{
    /// <summary>
    /// Registers the domain for the customer; null when nothing speaks against it. Asked before the first document is written, so that an
    /// order that stops here has no invoice yet, and again before the work is handed out: a person may have given the domain away meanwhile.
    /// </summary>
    /// <param name="reserved">Domains that nobody may order.</param>
    public static async Task<StepVerdict.Review?> Doubt(
        NpgsqlTransaction transaction,
        string domain,
        long customerId,
        IEnumerable<string> reserved
    )
    {
        var related = DomainName.Related(domain);
        if (related.Intersect(reserved, StringComparer.OrdinalIgnoreCase).Any())
            return new StepVerdict.Review("domain_reserved", $"{domain} is reserved.");
        if (!await ClaimDomain.Run(transaction, domain, related, customerId))
            return new StepVerdict.Review("domain_taken", $"{domain}, or a name above it, belongs to another customer.");
        return await FindOrCreateWebsite.ServesAnother(transaction, domain, customerId)
            ? new StepVerdict.Review("domain_taken", $"{domain} serves another customer's website.")
            : null;
    }
}
