using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Database.Subscriptions;
using MPanel.Database.Websites;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>Whether an order would change a website that an earlier one brought: that takes a person. Two plans in one order are no duplicate.</summary>
public static class DuplicateHosting
{
    public const string Code = "duplicate_hosting";

    /// <summary>A person's decision: the website gets this order's plan.</summary>
    public const string ApplyPlan = "apply_plan";

    /// <summary>A person's decision: both are kept, and the website has the limits of the plan that ranks highest.</summary>
    public const string KeepBoth = "keep_both";

    // A customer whose first attempt seemed to hang pays again.
    private static readonly TimeSpan DoublePayment = TimeSpan.FromHours(1);

    /// <summary>Ask when the domain is locked: two orders for it at once would not see each other.</summary>
    /// <param name="ordered">What is ordered, from the catalogue.</param>
    /// <param name="received">When the order came.</param>
    public static async Task<StepVerdict.Review?> Doubt(
        NpgsqlTransaction transaction,
        long intakeId,
        string domain,
        IReadOnlyList<CataloguePrice> ordered,
        DateTimeOffset received
    )
    {
        var plans = ordered.Where(p => p.Provisions == TaskKind.Hosting).Select(p => p.Code).ToHashSet();
        if (plans.Count == 0)
            return null;
        var names = Names(domain);
        var there = await HostingOnDomain.Of(transaction, names, intakeId);
        var state = await FindOrCreateWebsite.LiveState(transaction, names);
        if (there.Count == 0)
            return state is null ? null : new StepVerdict.Review(Code, $"{domain} has a live website already{Words(state)}.");
        var has = string.Join(", ", there.Select(t => $"{t.Product} ({t.Reference})"));
        var twice = there.FirstOrDefault(t => plans.Contains(t.Product) && (received - t.ReceivedAt).Duration() <= DoublePayment);
        return new StepVerdict.Review(
            Code,
            twice is null
                ? $"{domain} has hosting already{Words(state)}: {has}."
                : $"Possible double payment: {twice.Reference} ordered {twice.Product} for {domain} within the hour. It has: {has}."
        );
    }

    private static string Words(string? state) =>
        state switch
        {
            WebsiteState.Suspended => ", which is suspended",
            WebsiteState.Removing => ", which is being removed",
            _ => "",
        };

    /// <summary>Names of one website: it answers to its www name, too, so hosting on one is hosting on the other.</summary>
    private static string[] Names(string domain)
    {
        const string www = "www.";
        return domain.StartsWith(www, StringComparison.Ordinal)
            ? [domain, $"www.{domain}", domain[www.Length..]]
            : [domain, $"www.{domain}"];
    }
}
