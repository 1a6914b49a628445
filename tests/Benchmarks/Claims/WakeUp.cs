using System.Diagnostics;
using Dapper;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Claims;

/// <summary>A claim waits, a task becomes claimable: how long until the claim is answered.</summary>
public static class WakeUp
{
    /// <returns>Milliseconds of each.</returns>
    public static async Task<IReadOnlyList<double>> Run(BenchParts parts, PanelPart panel, WorkerFleet fleet, int count)
    {
        var serverId = fleet.ServerIds[0];
        await using var db = await panel.Database.OpenConnectionAsync(parts.Stop);
        var before = await db.ExecuteScalarAsync<long>("select coalesce(max(id), 0) from provisioning_tasks");
        await History.AddPending(panel.Database, count, [serverId], parts.Stop);
        var tasks = (
            await db.QueryAsync<long>(
                """
                update provisioning_tasks set available_at = 'infinity'
                where id > @before and server_id = @serverId and status = 'pending' returning id
                """,
                new { before, serverId }
            )
        ).AsList();
        await using var worker = await Worker.Open(panel.Port, fleet.Tokens[0], parts.Stop);
        var waits = new List<double>();
        foreach (var id in tasks)
        {
            var claim = worker.WaitForOne(parts.Stop);
            // Long enough for the claim to have looked and to be waiting; nothing depends on it.
            await Task.Delay(30, parts.Stop);
            await using var transaction = await db.BeginTransactionAsync(parts.Stop);
            await db.ExecuteAsync("update provisioning_tasks set available_at = now() where id = @id", new { id }, transaction);
            var committed = Stopwatch.GetTimestamp();
            await transaction.CommitAsync(parts.Stop);
            await TaskChannel.Announce(db, [serverId]);
            var lease = await claim;
            waits.Add(Stopwatch.GetElapsedTime(committed).TotalMilliseconds);
            await worker.Complete(lease, parts.Stop);
        }
        return [.. waits.Skip(waits.Count / 10)];
    }
}
