using MPanel.Database.Jobs;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>What a step job's run came to, as the dashboard will show it.</summary>
/// <param name="Result"><c>done</c>, <c>failed</c>, <c>cancelled</c>, or <c>later</c>.</param>
/// <param name="At">For later: when the job is to look again.</param>
internal sealed record StepOutcome(string Result, string Message, DateTimeOffset? At = null)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public static StepOutcome Of(StepEvent ended) =>
        ended.Outcome switch
        {
            "done" => new("done", ended.ChainFinished ? "Done, the last of its chain" : "Done"),
            "retry" => new("later", $"{ended.Kind}, attempt {ended.Attempt}: {ended.Code}: {ended.Message}", ended.NextRunAt),
            "cancelled" => new("cancelled", $"{ended.Kind} was cancelled"),
            _ => new("failed", $"{ended.Kind}, attempt {ended.Attempt}: {ended.Code}: {ended.Message}"),
        };

    /// <summary>For a job that found nothing to run: whatever the ledger says of its step by now.</summary>
    public static StepOutcome Of(StepStanding? step) =>
        step?.State switch
        {
            null => new("cancelled", "There is no such step"),
            "done" => new("done", "Was done already"),
            "failed" => new("failed", $"Attempt {step.Attempt}: {step.LastErrorCode}: {step.LastError}"),
            "due" or "running" => new("later", $"The step is {step.State}", step.LookAgainAt + LookAgain),
            _ => new("cancelled", $"The step is {step.State}"),
        };
}

/// <summary>A step that stands in the ledger as failed. Its message is all there is to say, no trace of ours helps.</summary>
internal sealed class StepFailedException(string message) : Exception(message);
