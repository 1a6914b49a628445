using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Web.Api.Agents;

/// <summary>Sacred path, see docs/blueprint.md.</summary>
public static class ClaimRoute
{
    public static async Task<Results<Ok<TaskLease>, NoContent, ProblemHttpResult>> Handle(
        ClaimRequest request,
        CallingServer server,
        HttpContext context,
        TaskClaims claims,
        NpgsqlDataSource dataSource,
        IHostApplicationLifetime lifetime,
        IOptions<ProvisioningOptions> options,
        TaskAnnouncements announcements,
        ProvisioningMetrics metrics,
        ProvisioningLog log
    )
    {
        if (WorkerRules.Check(request) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var task = await claims.Run(server, AgentAbilities.Of(request.Types), TimeSpan.FromSeconds(request.Wait), gone.Token);
        if (task is null)
            return TypedResults.NoContent();
        metrics.Claimed(task.Type);
        log.Claimed(task, server);
        if (context.RequestAborted.IsCancellationRequested)
            return await GiveBack(dataSource, announcements, task, server);
        return TypedResults.Ok(
            new TaskLease(
                task.Id,
                task.Attempt,
                task.MaxAttempts,
                task.LeaseToken,
                (int)options.Value.Lease.TotalSeconds,
                task.Type,
                task.Action,
                task.Domain,
                task.CorrelationId,
                JsonSerializer.Deserialize<JsonElement>(task.Payload)
            )
        );
    }

    /// <summary>The agent hung up while we looked: it can't know of its lease, and need not lose an attempt to it.</summary>
    private static async Task<NoContent> GiveBack(
        NpgsqlDataSource dataSource,
        TaskAnnouncements announcements,
        ClaimedTask task,
        CallingServer server
    )
    {
        await using var db = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await announcements.Send(db, (await ReleaseTask.Run(db, task.Id, server.Id, task.LeaseToken)).Woken);
        return TypedResults.NoContent();
    }
}
