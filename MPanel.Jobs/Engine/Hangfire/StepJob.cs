using Hangfire;
using Hangfire.Server;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Runs one step. How it ended is told to <see cref="StepOutcomes"/>.</summary>
internal sealed class StepJob(StepRunner runner, JobEngine engine, NpgsqlDataSource dataSource)
{
    /// <param name="title">For the dashboard.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    [JobDisplayName("{1}")]
    public async Task<StepOutcome> Run(long stepId, string title, PerformContext? context)
    {
        var ended = await runner.Run(stepId, engine.Interrupted);
        if (ended is { Outcome: "done" })
            return StepOutcome.Of(ended);
        await using var db = await dataSource.OpenConnectionAsync();
        if (ended is null)
            return StepOutcome.Of(await StepStanding.Of(db, stepId));
        await EngineReference.Set(db, stepId, context!.BackgroundJob.Id);
        return StepOutcome.Of(ended);
    }
}
