using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;

namespace MPanel.Benchmarks.Chain;

/// <summary>From an accepted order to tasks that an agent may claim, beside the same six steps without ledger and engine.</summary>
public static class ChainBenchmark
{
    /// <summary>As many as the panel's workers, by default.</summary>
    private const int Workers = 8;

    public static async Task<IReadOnlyList<Table>> Run(BenchParts parts)
    {
        await using var panel = await PanelPart.Start(parts, "web,jobs");
        var inFlight = parts.Options.Pick(200, 1000, 1000);
        parts.Say("  warming up");
        await BacklogRun.OfPanel(parts, panel, inFlight / 2);
        await BacklogRun.OfFloor(parts, panel, inFlight / 2, Workers);

        parts.Say("  one order at a time");
        var latency = new Table("Chain: from 202 to claimable tasks, one order at a time", "", "p50", "p99");
        var one = parts.Options.Pick(60, 200, 500);
        // The first dozen is for warming up the path of a single order.
        var fromAccepted = (await ClaimableWait.Run(parts, panel, one + 12)).Skip(12).ToList();
        var plain = await BacklogRun.OfFloor(parts, panel, one, workers: 1);
        latency.Add("MPanel, 202 to the tasks' commit", Figure.P50(fromAccepted), Figure.P99(fromAccepted));
        latency.Add("floor: six plain transactions", Figure.P50(plain.Latencies), Figure.P99(plain.Latencies));
        latency.Note($"{one} orders. Aim: p50 of at most 25 ms.");

        var rate = new Table(
            $"Chain: {inFlight} orders in flight",
            "orders there",
            "chains/s",
            "floor/s",
            "ratio",
            "statements/order",
            "floor",
            "blocks/order",
            "floor",
            "ms in PostgreSQL/order",
            "floor"
        );
        foreach (
            var level in parts.Options.Full ? [1_000, 10_000, 100_000]
            : parts.Options.Quick ? [1_000]
            : (int[])[1_000, 10_000]
        )
        {
            parts.Say($"  with {level} orders in the database");
            await History.FillTo(panel.Database, level, parts.Stop);
            var (own, floor) = (new List<BacklogRun>(), new List<BacklogRun>());
            for (var round = 0; round < parts.Options.Pick(1, 3, 3); round++)
            {
                own.Add(await BacklogRun.OfPanel(parts, panel, inFlight));
                if (parts.Options.Statements && round == 0)
                    Console.WriteLine(await StatementCost.Explain(panel, inFlight));
                floor.Add(await BacklogRun.OfFloor(parts, panel, inFlight, Workers));
            }
            rate.Add(
                $"{level:#,0}",
                Figure.Rate(Figure.Median(own.Select(r => r.PerSecond))),
                Figure.Rate(Figure.Median(floor.Select(r => r.PerSecond))),
                Figure.Ratio(Figure.Median(own.Zip(floor, (o, f) => o.PerSecond / f.PerSecond))),
                Figure.Count(Figure.Median(own.Select(r => r.Cost.Statements))),
                Figure.Count(Figure.Median(floor.Select(r => r.Cost.Statements))),
                Figure.Count(Figure.Median(own.Select(r => r.Cost.Blocks))),
                Figure.Count(Figure.Median(floor.Select(r => r.Cost.Blocks))),
                Figure.Count(Figure.Median(own.Select(r => r.Cost.Milliseconds))),
                Figure.Count(Figure.Median(floor.Select(r => r.Cost.Milliseconds)))
            );
        }
        rate.Note(
            $"Committed all at once, then worked off by the panel's {Workers} workers, or by {Workers} loops of the floor; rounds of both in turn."
        );
        rate.Note(
            "Floor: the statements of the six steps and the timeline, each step a transaction, the same question to the same Stripe simulator."
        );
        rate.Note("Statements count begin and commit. Blocks: touched in PostgreSQL's buffers. Aim: a ratio of at least 0.45; cost flat.");

        parts.Say("  commits, and a flood through the API");
        rate.Note(await Commits(parts, panel, inFlight));
        rate.Note(await Flood(parts, panel, inFlight));
        return [latency, rate];
    }

    private static async Task<string> Commits(BenchParts parts, PanelPart panel, int orders)
    {
        var own = await CommitCount.During(panel, async () => (await BacklogRun.OfPanel(parts, panel, orders)).Seconds, parts.Stop);
        var floor = await CommitCount.During(
            panel,
            async () => (await BacklogRun.OfFloor(parts, panel, orders, Workers)).Seconds,
            parts.Stop
        );
        return $"Commits per order, what the idle panel does subtracted: {Figure.Count(own / orders)}; floor: {Figure.Count(floor / orders)}.";
    }

    private static async Task<string> Flood(BenchParts parts, PanelPart panel, int count)
    {
        var orders = SampleOrder.Many(count);
        await parts.Simulator.Pay(orders, parts.Stop);
        var last = await BacklogRun.LastIntake(panel);
        var started = TimeProvider.System.GetTimestamp();
        await Posting.Run(panel, orders, 32, parts.Stop);
        var posted = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        await BacklogRun.Completed(panel, last, count, parts.Stop);
        var all = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return $"{count} orders posted over 32 connections to web and jobs in one process: accepted in {posted:0.0} s, all claimable after {all:0.0} s "
            + $"({Figure.Rate(count / all)} orders/s from the first byte to the last task).";
    }
}
