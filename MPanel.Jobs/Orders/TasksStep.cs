using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>
/// Sacred path, see docs/blueprint.md. Finds or makes the domain's website, and hands the work to servers.
/// All hosting of one domain is one website: its tasks run one after the other, and what sits on it waits for the last of them.
/// </summary>
public sealed class TasksStep(IOptions<OrderOptions> options, IOptions<ProvisioningOptions> provisioning) : IStep
{
    public const string StepKind = "order.tasks";

    public string Kind => StepKind;
    public string Title => "Tasks";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var transaction = await step.Begin(cancellationToken);
        var intakeId = OrderChain.IntakeId(step.Payload);
        var plan = await CreateTasks.Plan(transaction, intakeId);
        if (plan.Count == 0)
        {
            await CreateTasks.Run(transaction, intakeId, [], step.CorrelationId);
            return new StepVerdict.Done("Nothing to provision");
        }

        var (domain, customerId) = (plan[0].Domain, plan[0].CustomerId);
        if (await OrderedDomain.Doubt(transaction, domain, customerId, options.Value.ReservedDomains) is { } doubt)
            return doubt;

        var first = plan.FirstOrDefault(p => p.Type == TaskKind.Hosting);
        var website = first is null ? null : await FindOrCreateWebsite.Run(transaction, domain, customerId, first.Product);
        if (website is { ServerId: null })
            website = await Place(transaction, website, first!);

        var tasks = await Arrange(transaction, plan, website);
        var woken = await CreateTasks.Run(transaction, intakeId, tasks, step.CorrelationId);
        return new StepVerdict.Done(
            tasks.Any(t => t.ServerId is null) ? $"{tasks.Count} task(s); waiting for a server with room" : $"{tasks.Count} task(s)",
            db => TaskChannel.Announce(db, woken)
        );
    }

    private async Task<FoundWebsite> Place(NpgsqlTransaction transaction, FoundWebsite website, Provisionable hosting)
    {
        if (await PlaceWebsite.Run(transaction, Need(hosting)) is not { } serverId)
            return website;
        await FindOrCreateWebsite.SetServer(transaction, website.Id, serverId);
        return website with { ServerId = serverId };
    }

    private PlacementNeed Need(Provisionable item) => new(item.Type, item.ServerRole, item.ServerTags, provisioning.Value.OfflineAfter);

    private async Task<List<NewTask>> Arrange(NpgsqlTransaction transaction, IReadOnlyList<Provisionable> plan, FoundWebsite? website)
    {
        var tasks = new List<NewTask>();
        int? lastHosting = null;
        // The plan the customer put last is the one that stands in the end.
        foreach (var item in plan.Where(p => p.Type == TaskKind.Hosting))
        {
            tasks.Add(
                new NewTask(
                    item,
                    TaskSubject.Website(website!.Id),
                    website.Id,
                    website.ServerId,
                    lastHosting,
                    TaskPayloads.Hosting(website.Id, item)
                )
            );
            lastHosting = tasks.Count - 1;
        }
        foreach (var item in plan.Where(p => p.Type != TaskKind.Hosting))
        {
            var server = await PlaceTask.Run(transaction, Need(item), item.Domain);
            tasks.Add(
                new NewTask(
                    item,
                    TaskSubject.Subscription(item.SubscriptionId!.Value),
                    website?.Id,
                    server,
                    lastHosting,
                    TaskPayloads.Other(item)
                )
            );
        }
        return tasks;
    }
}
