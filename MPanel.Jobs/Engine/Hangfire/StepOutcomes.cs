using Hangfire.States;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Gives a step's job the state that says what became of the step: retried steps are Scheduled, failed ones Failed.</summary>
public sealed class StepOutcomes(TimeProvider time) : IElectStateFilter
{
    // The ledger's sweep brings the step back by itself; this only keeps the dashboard honest.
    private static readonly TimeSpan AfterAnOutage = TimeSpan.FromSeconds(30);

    public void OnStateElection(ElectStateContext context)
    {
        if (context.BackgroundJob.Job?.Type != typeof(StepJob))
            return;
        context.CandidateState = context.CandidateState switch
        {
            SucceededState { Result: StepOutcome outcome } ran => State(outcome, ran),
            FailedState failed and not { Exception: StepFailedException } => new ScheduledState(
                time.GetUtcNow().UtcDateTime + AfterAnOutage
            )
            {
                Reason = $"The step could not be run: {failed.Exception.Message}",
            },
            var other => other,
        };
    }

    private IState State(StepOutcome outcome, SucceededState ran) =>
        outcome.Result switch
        {
            "done" => new SucceededState(outcome.Message, ran.Latency, ran.PerformanceDuration),
            "failed" => new FailedState(new StepFailedException(outcome.Message)) { Reason = "The step waits for a person" },
            "cancelled" => new DeletedState { Reason = outcome.Message },
            _ => new ScheduledState((outcome.At ?? time.GetUtcNow()).UtcDateTime) { Reason = outcome.Message },
        };
}
