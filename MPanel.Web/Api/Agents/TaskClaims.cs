using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Web.Api.Agents;

/// <summary>Waits for a task and leases it. No connection is held while waiting.</summary>
public sealed class TaskClaims(NpgsqlDataSource dataSource, TaskSignal signal, TimeProvider time, IOptions<ProvisioningOptions> options)
{
    /// <returns>Null when nothing came in time, or the wait was cancelled; then nothing was leased.</returns>
    public async Task<ClaimedTask?> Run(CallingServer server, string[] types, TimeSpan wait, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // Registered before the first look: what is announced in between wakes the wait.
        using var waiter = signal.Register(server.Id);
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await Look(server, types) is { } task)
                return task;
            var left = wait - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !await waiter.Wait(left, cancellationToken))
                return null;
        }
        return null;
    }

    private async Task<ClaimedTask?> Look(CallingServer server, string[] types)
    {
        await using var db = await dataSource.OpenConnectionAsync(CancellationToken.None);
        return await ClaimTask.Run(db, server.Id, types, options.Value.Lease, server.TokenId);
    }
}
