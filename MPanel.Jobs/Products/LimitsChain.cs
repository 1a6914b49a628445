using System.Text.Json;
using MPanel.Database.Jobs;
using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Products;

/// <summary>What follows for websites when the limits of their plan change: a job of its own, since there may be thousands.</summary>
public sealed class LimitsChain : IChain
{
    public const string ChainKind = "plan.limits";

    public string Kind => ChainKind;
    public IReadOnlyList<string> Steps => [ChainKind];

    /// <summary>Each change of a plan has its own.</summary>
    public static NewJob Job(ProductDetail product, string correlationId) =>
        new(
            $"{ChainKind}:{product.Id}:{product.Version}",
            ChainKind,
            "product",
            product.Id,
            $"plan {product.Code}",
            correlationId,
            JsonSerializer.Serialize(new Payload(product.Code), JsonSerializerOptions.Web)
        );

    /// <summary>It stands in the audit log, and in each website's timeline.</summary>
    public Task Record(NpgsqlTransaction transaction, ChainJob job, IReadOnlyList<StepEvent> events, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    internal sealed record Payload(string Plan);
}

/// <summary>Batch by batch, each a commit: whoever dies leaves the rest to the next attempt, and what was done is not found again.</summary>
public sealed class LimitsStep(NpgsqlDataSource dataSource, TaskAnnouncements announcements) : IStep
{
    private const int Batch = 50;

    public string Kind => LimitsChain.ChainKind;
    public string Title => "Limits";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var plan = JsonSerializer.Deserialize<LimitsChain.Payload>(step.Payload, JsonSerializerOptions.Web)!.Plan;
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        long? after = 0;
        while (after is { } last)
        {
            cancellationToken.ThrowIfCancellationRequested();
            after = await Bring(db, plan, last, step.CorrelationId);
        }
        if (await PlanWebsites.Any(db, plan))
            return new StepVerdict.Retry("websites_busy", "Some websites of the plan were being changed.");
        await step.Begin(cancellationToken);
        return new StepVerdict.Done();
    }

    /// <returns>Where to go on; null at the end.</returns>
    private async Task<long?> Bring(NpgsqlConnection db, string plan, long after, string correlationId)
    {
        await using var transaction = await db.BeginTransactionAsync();
        var websites = await PlanWebsites.Next(transaction, plan, after, Batch);
        var servers = new HashSet<long>();
        foreach (var website in websites)
        {
            var errand = new WebsiteErrand(
                TimelineLine.Panel,
                correlationId,
                ServerRole: website.ServerRole,
                ServerTags: website.ServerTags
            );
            var brought = await BringWebsite.Run(transaction, website.Id, errand, $"The limits of its plan {plan} have changed.");
            if (brought.ServerId is { } server)
                servers.Add(server);
        }
        await transaction.CommitAsync();
        await announcements.Send(db, [.. servers]);
        return websites.Count < Batch ? null : websites[^1].Id;
    }
}
