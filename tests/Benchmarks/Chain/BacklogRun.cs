using System.Diagnostics;
using Dapper;
using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;

namespace MPanel.Benchmarks.Chain;

/// <summary>A number of orders, all there at the start, worked off.</summary>
/// <param name="Seconds">From the first step's start to the last step's end.</param>
/// <param name="Latencies">Milliseconds of each; of the floor only.</param>
/// <param name="Cost">Of one order.</param>
public sealed record BacklogRun(int Orders, double Seconds, IReadOnlyList<double> Latencies, StatementCost Cost)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    public double PerSecond => Orders / Seconds;

    /// <summary>By the panel's engine, which finds them by its sweep.</summary>
    public static async Task<BacklogRun> OfPanel(BenchParts parts, PanelPart panel, int count)
    {
        var orders = await Paid(parts, count);
        var last = await LastIntake(panel);
        await StatementCost.Reset(panel);
        await Backlog.Insert(panel.Database, orders, withWork: true);
        await Completed(panel, last, count, parts.Stop);
        var cost = await StatementCost.Read(panel, count);
        await using var db = await panel.Database.OpenConnectionAsync(parts.Stop);
        var seconds = await db.ExecuteScalarAsync<double>(
            """
            select extract(epoch from max(at) - min(at - make_interval(secs => duration_ms / 1000.0)))
            from timeline
            where subject_kind = 'intake' and subject_id > @last and outcome = 'done'
            """,
            new { last }
        );
        return new BacklogRun(count, seconds, [], cost);
    }

    /// <summary>By plain transactions in so many loops.</summary>
    public static async Task<BacklogRun> OfFloor(BenchParts parts, PanelPart panel, int count, int workers)
    {
        var orders = await Paid(parts, count);
        var ids = await Backlog.Insert(panel.Database, orders, withWork: false);
        await StatementCost.Reset(panel);
        var round = await Round.Run(
            workers,
            ids.Count,
            _ => PlainChain.Open(panel.Database, parts.Simulator, parts.Stop),
            (chain, i) => chain.Run(ids[i], parts.Stop),
            parts.Stop
        );
        return new BacklogRun(count, round.Seconds, round.Latencies, await StatementCost.Read(panel, count));
    }

    public static async Task<long> LastIntake(PanelPart panel)
    {
        await using var db = await panel.Database.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>("select coalesce(max(id), 0) from order_intakes");
    }

    /// <summary>Waits until so many intakes behind the given one are completed.</summary>
    public static async Task Completed(PanelPart panel, long after, int count, CancellationToken stop)
    {
        await using var db = await panel.Database.OpenConnectionAsync(stop);
        var since = Stopwatch.StartNew();
        for (var done = 0; done < count; await Task.Delay(50, stop))
        {
            done = await db.ExecuteScalarAsync<int>(
                "select count(*) as bench_poll from order_intakes where id > @after and status = 'completed'",
                new { after }
            );
            if (since.Elapsed > Bound)
                throw new TimeoutException($"Only {done} of {count} orders were completed within {Bound.TotalMinutes:0} minutes.");
        }
    }

    private static async Task<SampleOrder[]> Paid(BenchParts parts, int count)
    {
        var orders = SampleOrder.Many(count);
        await parts.Simulator.Pay([.. orders.Select(o => o.PaymentIntent)], SampleOrder.Total, parts.Stop);
        return orders;
    }
}
