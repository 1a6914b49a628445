using System.Diagnostics;
using Dapper;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

/// <summary>A look at what stands on the node, and what its visitors notice of it.</summary>
/// <param name="Seconds">From asking until the panel has the last part; up to a heartbeat of it is waiting.</param>
/// <param name="Before">Milliseconds of each visit, as long as the look took, before it.</param>
/// <param name="During">Milliseconds of each visit while it went on.</param>
public sealed record DriftLook(double Seconds, int Items, IReadOnlyList<double> Before, IReadOnlyList<double> During)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    /// <summary>How much longer a visit takes meanwhile, such as 0.03; below zero when it is the quicker one.</summary>
    public double Slower => Figure.Median(During) / Figure.Median(Before) - 1;

    /// <param name="domain">Of a website that answers.</param>
    public static async Task<DriftLook> Run(BenchParts parts, PanelPart panel, AgentProcess agent, string domain)
    {
        // Once unmeasured: it tells how long to visit the website before.
        var (first, _) = await Looked(parts, panel, agent, domain);
        var before = await Visits(agent, domain, () => Task.FromResult(false), first, parts.Stop);
        var (seconds, during) = await Looked(parts, panel, agent, domain);
        await using var db = await panel.Database.OpenConnectionAsync(parts.Stop);
        return new DriftLook(seconds, await db.ExecuteScalarAsync<int>("select max(items)::int from server_inventories"), before, during);
    }

    private static async Task<(double Seconds, IReadOnlyList<double> Visits)> Looked(
        BenchParts parts,
        PanelPart panel,
        AgentProcess agent,
        string domain
    )
    {
        await using var db = await panel.Database.OpenConnectionAsync(parts.Stop);
        var asked = await db.ExecuteScalarAsync<DateTime>(
            "update servers set inventory_asked_at = now() where name = 'srv1' returning inventory_asked_at"
        );
        var since = Stopwatch.StartNew();
        var visits = await Visits(agent, domain, IsOver, Bound.TotalSeconds, parts.Stop);
        return await IsOver() ? (since.Elapsed.TotalSeconds, visits) : throw new TimeoutException("The look never ended.");

        Task<bool> IsOver() =>
            db.ExecuteScalarAsync<bool>(
                "select coalesce(bool_or(begun_at > @asked and finished_at is not null), false) from server_inventories",
                new { asked }
            );
    }

    // Visitors come one after the other, each with a connection of their own.
    private static async Task<IReadOnlyList<double>> Visits(
        AgentProcess agent,
        string domain,
        Func<Task<bool>> isOver,
        double seconds,
        CancellationToken stop
    )
    {
        var visits = new List<double>();
        for (var since = Stopwatch.StartNew(); since.Elapsed.TotalSeconds < seconds && !await isOver(); await Task.Delay(2, stop))
        {
            var began = Stopwatch.GetTimestamp();
            var status = await SiteVisit.Status(domain, agent, stop);
            if (status != 200)
                throw new InvalidOperationException($"{domain} answered with status {status} while the node was looked at.");
            visits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return visits;
    }
}
