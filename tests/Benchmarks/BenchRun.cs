using System.Diagnostics;
using MPanel.Benchmarks.Chain;
using MPanel.Benchmarks.Claims;
using MPanel.Benchmarks.Intake;
using MPanel.Benchmarks.Memory;
using MPanel.Benchmarks.Pages;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;
using MPanel.Benchmarks.Sites;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks;

/// <summary>One run: the chosen sections one after the other, their tables as they come, all of them as Markdown in the end.</summary>
public static class BenchRun
{
    /// <returns>0; 1 when something failed; 130 when it was stopped.</returns>
    public static Task<int> Run(string[] args) =>
        Stoppable.Run(
            "The benchmark",
            e => e is BenchOptionsException,
            async stop =>
            {
                await Measure(BenchOptions.Parse(args), stop);
                return 0;
            }
        );

    private static async Task Measure(BenchOptions options, CancellationToken stop)
    {
        var machine = await Machine.Describe();
        Console.WriteLine(machine);
        var since = Stopwatch.StartNew();
        var tables = new List<Table>();
        await using var parts = await BenchParts.Start(options, stop);
        foreach (var section in options.Sections)
        {
            parts.Say($"Measuring {section}");
            IReadOnlyList<Table> measured = section switch
            {
                "intake" => await IntakeBenchmark.Run(parts),
                "chain" => await ChainBenchmark.Run(parts),
                "claims" => await ClaimsBenchmark.Run(parts),
                "sites" => await SitesBenchmark.Run(parts),
                "pages" => await PagesBenchmark.Run(parts),
                _ => await MemoryBenchmark.Run(parts),
            };
            foreach (var table in measured)
                Console.WriteLine($"\n{table.Text()}");
            tables.AddRange(measured);
        }
        Console.WriteLine($"\nAs Markdown:\n\n{machine}\n");
        foreach (var table in tables)
            Console.WriteLine(table.Markdown());
        Console.WriteLine($"Done in {since.Elapsed.TotalSeconds:0} s.");
    }
}
