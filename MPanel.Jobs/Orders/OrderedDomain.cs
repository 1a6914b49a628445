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

    /// <summary>A website of the customer redirects it to somewhere else.</summary>
    public const string Redirected = "domain_redirects";

    /// <summary>It, or a name above it, belongs to another customer.</summary>
    public const string Taken = "domain_taken";

    /// <summary>
    /// Registers the domain for the customer; null when nothing speaks against it. Asked before the first document is written, so that an
    /// order that stops here has no invoice yet, and again before the work is handed out: a person may have given the domain away meanwhile.
    /// The reasons name no customer: the shop reads them, too. <see cref="NeighbouringDomains"/> has the owners for admins.
    /// </summary>
    /// <param name="accepted">What a person accepted of this order.</param>
    /// <param name="isInvoiced">Only what the settings reserve stops it then, not what became the company's by itself meanwhile.</param>
    public async Task<StepVerdict.Review?> Doubt(
        NpgsqlTransaction transaction,
        string domain,
        long customerId,
        IReadOnlyCollection<string> accepted,
        bool isInvoiced = false
    )
    {
        if (isInvoiced ? reserved.NamedBySettings(domain) : reserved.Contains(domain))
            return new StepVerdict.Review("domain_reserved", $"{domain} is reserved, or a name above or below it is.");
        if (MixedScripts.In(domain) && !accepted.Contains(MixesScripts))
            return new StepVerdict.Review(
                MixesScripts,
                $"{DomainName.Unicode(domain)} ({domain}) mixes letters of different scripts, so it can pass for another name."
            );
        if (await ClaimDomain.Run(transaction, domain, suffixes.Related(domain), customerId) is { } taken)
            return new StepVerdict.Review(
                Taken,
                taken.Name == domain
                    ? $"{domain} belongs to another customer."
                    : $"{taken.Name} belongs to another customer, so {domain} can't be sold."
            );
        if (!accepted.Contains(NameBelow) && await ClaimDomain.Below(transaction, domain, customerId) is { } below)
            return new StepVerdict.Review(NameBelow, $"{below.Name}, a name below {domain}, belongs to another customer.");
        if (await FindOrCreateWebsite.Redirects(transaction, domain) is { } target)
            return new StepVerdict.Review(
                Redirected,
                $"{domain} redirects to {target}. Take the redirect away from the website that has it, and resume the order."
            );
        return await FindOrCreateWebsite.ServesAnother(transaction, domain, customerId)
            ? new StepVerdict.Review(Taken, $"{domain} serves another customer's website.")
            : null;
    }
}
