using System.Diagnostics;
using Dapper;
using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;

namespace MPanel.Benchmarks.Chain;

/// <summary>One order after the other: how long after its 202 its tasks were announced, which PostgreSQL does at their commit.</summary>
public static class ClaimableWait
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <returns>Milliseconds of each.</returns>
    public static async Task<IReadOnlyList<double>> Run(BenchParts parts, PanelPart panel, int count)
    {
        var orders = SampleOrder.Many(count);
        await parts.Simulator.Pay(orders, parts.Stop);
        await using var db = await panel.Database.OpenConnectionAsync(parts.Stop);
        var announced = new TaskCompletionSource<long>();
        db.Notification += (_, _) => announced.TrySetResult(Stopwatch.GetTimestamp());
        await db.ExecuteAsync("listen provisioning_tasks");
        await using var client = await panel.Connect(parts.Stop);
        var waits = new List<double>();
        foreach (var order in orders)
        {
            announced = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(parts.Stop);
            bound.CancelAfter(Bound);
            var heard = db.WaitAsync(bound.Token);
            await Posting.Accepted(client, order.Request(panel.Key), parts.Stop);
            var accepted = Stopwatch.GetTimestamp();
            await heard;
            waits.Add(Math.Max(0, Stopwatch.GetElapsedTime(accepted, await announced.Task).TotalMilliseconds));
        }
        await db.ExecuteAsync("unlisten *");
        return waits;
    }
}
