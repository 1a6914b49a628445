using Microsoft.Extensions.Options;
using MPanel.Database.Emails;
using MPanel.Database.Orders;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Text;
using MPanel.Jobs.Websites;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>
/// Sacred path, see docs/blueprint.md. Finds or makes the domain's website, and hands the work to servers. All hosting of one domain is one
/// website, and one task brings it about; what sits on the website waits for that.
/// </summary>
public sealed class TasksStep(OrderedDomain domains, PublicSuffixes suffixes, IOptions<ProvisioningOptions> provisioning) : IStep
{
    public const string StepKind = "order.tasks";

    /// <summary>Code of the stop before a website that is being removed.</summary>
    public const string WebsiteRemoving = "website_removing";

    public string Kind => StepKind;
    public string Title => "Tasks";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    /// <param name="TaskId">What else is on the website waits for it; null when the order has no hosting.</param>
    private sealed record Site(long? WebsiteId, long? TaskId, long? ServerId, bool Waits)
    {
        public static readonly Site None = new(null, null, null, false);

        /// <summary>Chosen for a new website, whose room there is yet to be taken.</summary>
        public long? Chosen { get; init; }

        /// <summary>Why it can't be hosted now; null when it can.</summary>
        public StepVerdict.Review? Doubt { get; init; }
    }

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var transaction = await step.Begin(cancellationToken);
        var intakeId = OrderChain.IntakeId(step.Payload);
        // Not with the invoice, whose series every other order waits for.
        await QueueEmail.InvoiceOfOrder(transaction, intakeId, step.CorrelationId);
        var plan = await CreateTasks.Plan(transaction, intakeId);
        if (plan.Count == 0)
        {
            await CreateTasks.MoveOrderOn(transaction, intakeId, waits: false);
            return new StepVerdict.Done("Nothing to provision");
        }

        var (domain, customerId) = (plan[0].Domain, plan[0].CustomerId);
        var accepted = (await Intakes.Get(transaction.Connection!, intakeId, transaction)).Accepted;
        if (await domains.Doubt(transaction, domain, customerId, accepted, isInvoiced: true) is { } doubt)
            return doubt;

        var site = await Host(transaction, [.. plan.Where(p => p.Type == TaskKind.Hosting)], step.CorrelationId);
        if (site.Doubt is { } removing)
            return removing;
        await CreateTasks.MoveOrderOn(transaction, intakeId, waits: true);
        var others = await Arrange(transaction, [.. plan.Where(p => p.Type != TaskKind.Hosting)], site);
        var woken = await CreateTasks.Run(transaction, others, step.CorrelationId);
        if (site.Chosen is { } chosen && !await PlaceWebsite.Take(transaction, chosen))
            return new StepVerdict.Retry("server_filled", "Other orders took the last room on the chosen server.");
        var count = others.Count + (site.TaskId is null ? 0 : 1);
        long[] told = site.ServerId is { } server ? [.. woken.Append(server).Distinct()] : [.. woken];
        return new StepVerdict.Done(
            site.Waits || others.Any(t => t.ServerId is null) ? $"{count} task(s); waiting for a server with room" : $"{count} task(s)",
            db => TaskChannel.Announce(db, told)
        );
    }

    /// <summary>The website of the order's hosting, as it shall be with the plan that ranks highest: the last of these.</summary>
    private async Task<Site> Host(NpgsqlTransaction transaction, IReadOnlyList<Provisionable> hosting, string correlationId)
    {
        if (hosting.Count == 0)
            return Site.None;
        var standing = hosting[^1];
        var website = await FindOrCreateWebsite.Run(
            transaction,
            standing.Domain,
            standing.CustomerId,
            standing.Product,
            SiteNames.SecondOf(standing.Domain, suffixes)
        );
        // What comes now would be erased with it.
        if (website.Status == WebsiteState.Removing)
            return Site.None with
            {
                Doubt = new StepVerdict.Review(
                    WebsiteRemoving,
                    $"The website of {standing.Domain} is being removed. Restore it, or wait until it is gone."
                ),
            };
        var chosen = website.ServerId is null ? await PlaceWebsite.Choose(transaction, Need(standing)) : null;
        if (chosen is { } server)
        {
            await FindOrCreateWebsite.SetServer(transaction, website.Id, server);
            website = website with { ServerId = server };
        }
        await CreateTasks.OnWebsite(transaction, website.Id, hosting.Select(h => h.SubscriptionId).OfType<long>());
        var errand = new WebsiteErrand(
            "system",
            correlationId,
            standing.OrderId,
            standing.SubscriptionId,
            standing.ServerRole,
            standing.ServerTags
        );
        var brought = await BringWebsite.Run(transaction, website.Id, errand);
        return new Site(website.Id, brought.TaskId, brought.ServerId, Waits: website.ServerId is null) { Chosen = chosen };
    }

    private PlacementNeed Need(Provisionable item) => new(item.Type, item.ServerRole, item.ServerTags, provisioning.Value.OfflineAfter);

    private async Task<List<NewTask>> Arrange(NpgsqlTransaction transaction, IReadOnlyList<Provisionable> items, Site site)
    {
        var tasks = new List<NewTask>();
        foreach (var item in items)
        {
            var server = await PlaceTask.Run(transaction, Need(item), item.Domain);
            tasks.Add(
                new NewTask(
                    item,
                    TaskSubject.Subscription(item.SubscriptionId!.Value),
                    site.WebsiteId,
                    server,
                    site.TaskId,
                    TaskPayloads.Other(item)
                )
            );
        }
        return tasks;
    }
}
