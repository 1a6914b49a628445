using MPanel.Database.Domains;
using MPanel.Database.Websites;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>Whether the customer may have the domain they ordered for.</summary>
public sealed class OrderedDomain(PublicSuffixes suffixes, ReservedDomains reserved)
{
    /// <summary>A name below it belongs to another customer. A person may accept that.</summary>
    public const string NameBelow = "domain_has_names_below";

    /// <summary>It looks like another name. A person may accept that.</summary>
    public const string MixesScripts = "domain_mixes_scripts";

    /// <summary>
    /// Registers the domain for the customer; null when nothing speaks against it. Asked before the first document is written, so that an
    /// order that stops here has no invoice yet, and again before the work is handed out: a person may have given the domain away meanwhile.
    /// </summary>
    /// <param name="accepted">What a person accepted of this order.</param>
    public async Task<StepVerdict.Review?> Doubt(
        NpgsqlTransaction transaction,
        string domain,
        long customerId,
        IReadOnlyCollection<string> accepted
    )
    {
        if (reserved.Contains(domain))
            return new StepVerdict.Review("domain_reserved", $"{domain} is reserved, or a name above or below it is.");
        if (MixedScripts.In(domain) && !accepted.Contains(MixesScripts))
            return new StepVerdict.Review(
                MixesScripts,
                $"{DomainName.Unicode(domain)} ({domain}) mixes letters of different scripts, so it can pass for another name."
            );
        if (await ClaimDomain.Run(transaction, domain, suffixes.Related(domain), customerId) is { } taken)
            return new StepVerdict.Review(
                "domain_taken",
                taken.Name == domain
                    ? $"{domain} belongs to another customer, {taken.Customer}."
                    : $"{taken.Name} belongs to another customer, {taken.Customer}, so {domain} can't be sold."
            );
        if (!accepted.Contains(NameBelow) && await ClaimDomain.Below(transaction, domain, customerId) is { } below)
            return new StepVerdict.Review(
                NameBelow,
                $"{below.Name}, a name below {domain}, belongs to another customer, {below.Customer}."
            );
        return await FindOrCreateWebsite.ServesAnother(transaction, domain, customerId)
            ? new StepVerdict.Review("domain_taken", $"{domain} serves another customer's website.")
            : null;
    }
}
