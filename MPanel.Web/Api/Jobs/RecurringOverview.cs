using MPanel.Database.Jobs;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Web.Api.Jobs;

/// <param name="Last">Null when the ledger remembers no run.</param>
/// <param name="Next">Null when no process has scheduled it yet.</param>
public sealed record RecurringView(string Kind, string Does, string Cron, string TimeZone, LastRun? Last, DateTimeOffset? Next);

/// <summary>The recurring jobs this build has, when each ran last by the ledger and runs next by Hangfire.</summary>
public sealed class RecurringOverview(IEnumerable<RecurringStep> jobs, JobEngine engine)
{
    public async Task<IReadOnlyList<RecurringView>> Read(NpgsqlConnection db)
    {
        var last = (await LastRun.Of(db, [.. jobs.Select(j => j.Kind)])).ToDictionary(r => r.Kind);
        var next = engine.NextRuns();
        return
        [
            .. jobs.OrderBy(j => j.Kind, StringComparer.Ordinal)
                .Select(j => new RecurringView(
                    j.Kind,
                    j.Does,
                    j.Cron,
                    j.TimeZone,
                    last.GetValueOrDefault(j.Kind),
                    next.TryGetValue(j.Kind, out var at) ? at : null
                )),
        ];
    }
}
