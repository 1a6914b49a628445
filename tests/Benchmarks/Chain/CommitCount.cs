using Dapper;
using MPanel.Benchmarks.Parts;

namespace MPanel.Benchmarks.Chain;

public static class CommitCount
{
    // A backend that has become idle reports its count after 10 seconds at the latest.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(11);

    /// <summary>Commits while the work runs, less what the idle panel commits in as much time.</summary>
    /// <param name="work">Returns nothing that is needed here.</param>
    public static async Task<double> During(PanelPart panel, Func<Task<double>> work, CancellationToken stop)
    {
        await Task.Delay(Settle, stop);
        var first = await Read(panel);
        var idleSince = TimeProvider.System.GetTimestamp();
        await Task.Delay(Settle, stop);
        var before = await Read(panel);
        var idlePerSecond = (before - first) / TimeProvider.System.GetElapsedTime(idleSince).TotalSeconds;
        var started = TimeProvider.System.GetTimestamp();
        await work();
        await Task.Delay(Settle, stop);
        var all = await Read(panel) - before;
        return all - idlePerSecond * TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<long> Read(PanelPart panel)
    {
        await using var db = await panel.Database.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>("select xact_commit from pg_stat_database where datname = current_database()");
    }
}
