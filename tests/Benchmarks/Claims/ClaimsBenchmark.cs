using Dapper;
using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Memory;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Benchmarks.Claims;

/// <summary>Tasks claimed and completed over HTTP, beside pgbench; and how quickly a waiting claim hears of a task.</summary>
public static class ClaimsBenchmark
{
    private static readonly int[] Agents = [1, 8, 32];

    public static async Task<IReadOnlyList<Table>> Run(BenchParts parts)
    {
        await using var panel = await PanelPart.Start(parts, "web");
        var bench = await PgBench.Prepare(parts);
        var fleet = await WorkerFleet.Create(panel.Database, Agents.Max());
        var table = new Table(
            "Claims",
            "agents",
            "claims+completions/s",
            "p50",
            "p99",
            "pgbench tps",
            "ratio",
            "CPU/pair server",
            "PostgreSQL",
            "WAL/pair"
        );
        var cpu = await CpuMeter.Of(panel);
        await using var db = await panel.Database.OpenConnectionAsync(parts.Stop);
        foreach (var agents in Agents)
        {
            parts.Say($"  {agents} agent(s)");
            // Each agent's own share, so that none runs dry while others still work.
            var each = agents == 1 ? parts.Options.Pick(100, 300, 1000) : parts.Options.Pick(160, 800, 3200) / agents;
            var done = new Series();
            var ratios = new List<double>();
            var tps = new List<double>();
            var costs = new List<(double Server, double Database, double Wal)>();
            for (var round = 0; round <= parts.Options.Pick(2, 5, 7); round++)
            {
                await History.AddPending(panel.Database, each * agents, fleet.ServerIds[..agents], parts.Stop);
                var before = await WalBytes(db);
                cpu.Start();
                var claimed = await Claim(panel, fleet, agents, each, parts.Stop);
                var (server, database) = cpu.Each(each * agents);
                var wal = (await WalBytes(db) - before) / (each * agents);
                var beside = await bench.Tps(agents, 2 * each, parts.Stop);
                // The first is for warming up.
                if (round == 0)
                    continue;
                done.Add(claimed);
                tps.Add(beside);
                costs.Add((server, database, wal));
                ratios.Add(claimed.PerSecond / beside);
            }
            table.Add(
                $"{agents}",
                Figure.Rate(done.PerSecond),
                Figure.P50(done.Latencies),
                Figure.P99(done.Latencies),
                Figure.Rate(Figure.Median(tps)),
                Figure.Ratio(Figure.Median(ratios)),
                Figure.Milliseconds(Figure.Median(costs.Select(c => c.Server))),
                Figure.Milliseconds(Figure.Median(costs.Select(c => c.Database))),
                $"{Figure.Median(costs.Select(c => c.Wal)) / 1024:0.0} KB"
            );
        }
        table.Note(
            "One is a task claimed and completed: two requests, each a transaction. Each agent has a server, a token and tasks of its own."
        );
        table.Note("pgbench: TPC-B-like, prepared, scale 10, as many clients, same cluster. Times are of claim and completion together.");

        parts.Say("  waking a waiting claim");
        var waits = await WakeUp.Run(parts, panel, fleet, parts.Options.Pick(50, 200, 500));
        var wake = new Table("Long poll: from the commit of a task to the claim's answer", "", "p50", "p99");
        wake.Add($"{waits.Count} tasks", Figure.P50(waits), Figure.P99(waits));
        wake.Note("From sending the commit to the last byte of the answer. Aim: p50 of at most 20 ms.");
        return [table, wake];
    }

    private static Task<double> WalBytes(NpgsqlConnection db) =>
        db.ExecuteScalarAsync<double>("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8");

    /// <summary>Each agent works off what is its own.</summary>
    private static async Task<Round> Claim(PanelPart panel, WorkerFleet fleet, int agents, int each, CancellationToken stop)
    {
        var latencies = new List<double>[agents];
        var workers = new Worker[agents];
        for (var i = 0; i < agents; i++)
            workers[i] = await Worker.Open(panel.Port, fleet.Tokens[i], stop);
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, agents).Select(i => Task.Run(() => WorkOff(i), stop)));
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        foreach (var worker in workers)
            await worker.DisposeAsync();
        return new Round(seconds, [.. latencies.SelectMany(l => l)]);

        async Task WorkOff(int agent)
        {
            latencies[agent] = [];
            for (var task = 0; task < each; task++)
            {
                var began = TimeProvider.System.GetTimestamp();
                await workers[agent].DoOne(stop);
                latencies[agent].Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
            }
        }
    }
}
