using MPanel.Benchmarks.Chain;
using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Memory;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;

namespace MPanel.Benchmarks.Intake;

/// <summary>Orders accepted over HTTP, beside bare inserts of the same intake row in the same database.</summary>
public static class IntakeBenchmark
{
    private static readonly int[] Connections = [1, 8, 32];

    public static async Task<IReadOnlyList<Table>> Run(BenchParts parts)
    {
        // The web role alone: the chain's work would take the processor from what is measured.
        await using var panel = await PanelPart.Start(parts, "web");
        var meter = await CpuMeter.Of(panel);
        var table = new Table(
            "Intake",
            "connections",
            "orders/s",
            "p50",
            "p99",
            "bare insert/s",
            "p50",
            "p99",
            "ratio",
            "CPU/order server",
            "database",
            "database, bare"
        );
        foreach (var connections in Connections)
        {
            parts.Say($"  {connections} connection(s)");
            var count = connections == 1 ? parts.Options.Pick(150, 400, 1000) : parts.Options.Pick(400, 1500, 4000);
            var (intake, floor) = (new Series(), new Series());
            var (cpu, bareCpu) = (new List<(double Server, double Database)>(), new List<double>());
            for (var round = 0; round <= parts.Options.Pick(3, 5, 7); round++)
            {
                await StatementCost.Reset(panel);
                meter.Start();
                var taken = await Posting.Run(panel, SampleOrder.Many(count), connections, parts.Stop);
                var spent = meter.Each(count);
                if (parts.Options.Statements && round == 1)
                    Console.WriteLine(await StatementCost.Explain(panel, count));
                meter.Start();
                var bare = await BareInsert.Run(panel.Database, SampleOrder.Many(count), connections, parts.Stop);
                var bareSpent = meter.Each(count).Database;
                // The first is for warming up.
                if (round == 0)
                    continue;
                intake.Add(taken);
                floor.Add(bare);
                cpu.Add(spent);
                bareCpu.Add(bareSpent);
            }
            table.Add(
                $"{connections}",
                Figure.Rate(intake.PerSecond),
                Figure.P50(intake.Latencies),
                Figure.P99(intake.Latencies),
                Figure.Rate(floor.PerSecond),
                Figure.P50(floor.Latencies),
                Figure.P99(floor.Latencies),
                Figure.Ratio(intake.RatioTo(floor)),
                Figure.Milliseconds(Figure.Median(cpu.Select(c => c.Server))),
                Figure.Milliseconds(Figure.Median(cpu.Select(c => c.Database))),
                Figure.Milliseconds(Figure.Median(bareCpu))
            );
        }
        table.Note(
            "Floor: a prepared insert into order_intakes alone, committed by itself, over as many connections, rounds of both in turn."
        );
        table.Note("The panel runs with Roles=web. Aim: a ratio of at least 0.5.");
        return [table];
    }
}
