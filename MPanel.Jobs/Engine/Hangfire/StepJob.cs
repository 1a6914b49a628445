using Hangfire;
using Hangfire.Server;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Runs one step, and where the engine walks those that follow it. How it ended is told to <see cref="StepOutcomes"/>.</summary>
internal sealed class StepJob(StepRunner runner, HangfireEngine engine, NpgsqlDataSource dataSource)
{
    /// <summary>Where a walking job goes on when it is run again: the step it stopped at.</summary>
    private const string StoppedAt = "StoppedAt";

    /// <param name="title">For the dashboard.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    [JobDisplayName("{1}")]
    public async Task<StepOutcome> Run(long stepId, string title, PerformContext? context)
    {
        var id = engine.Walking ? context!.GetJobParameter<long?>(StoppedAt) ?? stepId : stepId;
        var end = await runner.Run(id, engine.Interrupted);
        if (end is { Event.Outcome: "done" })
            return StepOutcome.Of(end.Event);
        await using var db = await dataSource.OpenConnectionAsync();
        if (end is not null)
        {
            await EngineReference.Set(db, end.StepId, context!.BackgroundJob.Id);
            if (end.StepId != stepId)
                context.SetJobParameter(StoppedAt, end.StepId);
            return StepOutcome.Of(end.Event);
        }
        return StepOutcome.Of(await StepStanding.Of(db, id));
    }
}
