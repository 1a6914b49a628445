using Microsoft.Extensions.Logging;
using MPanel.Database.Jobs;

namespace MPanel.Jobs.Engine;

/// <summary>
/// Writes how an attempt ended, with the chain's own record in the same transaction. None of it heeds the stopping token: what has been
/// decided is written down, or the attempt would be made again for nothing.
/// </summary>
public sealed partial class StepLedger(StepCatalogue catalogue, JobMetrics metrics, ILogger<StepLedger> logger)
{
    /// <summary>Commits the handler's writes, the step's being done and the next step's being due. Null when the lease was lost.</summary>
    internal async Task<NextStep?> Finish(Attempt attempt)
    {
        var step = attempt.Step;
        var transaction = await attempt.Begin(CancellationToken.None);
        var next = await FinishStep.Run(transaction, step.Id, step.LeaseToken, CancellationToken.None);
        if (next is null)
        {
            await Lost(attempt);
            return null;
        }
        await Commit(attempt, attempt.Event("done", null, null, chainFinished: next.Id is null));
        return next;
    }

    /// <summary>Rolls the handler's writes back and records its verdict, which isn't Done.</summary>
    internal Task Settle(Attempt attempt, StepVerdict verdict, RetrySchedule retries)
    {
        switch (verdict)
        {
            case StepVerdict.Review review:
                return Review(attempt, review.Code, review.Message);
            case StepVerdict.GiveUp giveUp:
                return GiveUp(attempt, attempt.Step.Attempt, giveUp.Code, giveUp.Message);
            case StepVerdict.Retry retry when retries.After(attempt.Step.Attempt) is { } delay:
                return Retry(attempt, retry.Code, retry.Message, retry.After > delay ? retry.After.Value : delay);
            case StepVerdict.Retry retry:
                return GiveUp(attempt, attempt.Step.Attempt, retry.Code, retry.Message);
            default:
                throw new InvalidOperationException($"A step can't be settled as {verdict.GetType().Name}.");
        }
    }

    internal Task LeaseLostTooOften(Attempt attempt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return GiveUp(
            attempt,
            attempt.Step.Attempt - 1,
            "lease_lost",
            "Every attempt was cut off: the process running it died, or it took longer than its lease."
        );
    }

    /// <summary>For a stopping process: the attempt doesn't count, and another process may start it at once.</summary>
    internal async Task Release(Attempt attempt)
    {
        await attempt.RollBack();
        var released = await ReleaseStep.Run(attempt.Db, attempt.Step.Id, attempt.Step.LeaseToken);
        metrics.Ended(attempt.Step.Kind, released ? "released" : "lease_lost", attempt.Duration);
        LogReleased(attempt.Step.Kind, attempt.Step.Attempt);
    }

    private async Task Retry(Attempt attempt, string code, string message, TimeSpan delay)
    {
        var step = attempt.Step;
        await attempt.RollBack();
        var transaction = await attempt.Begin(CancellationToken.None);
        if (await RetryStepLater.Run(transaction, step.Id, step.LeaseToken, delay, code, Short(message)) is not { } runAt)
        {
            await Lost(attempt);
            return;
        }
        await Commit(attempt, attempt.Event("retry", code, message, runAt));
        LogRetry(step.Kind, step.Attempt, delay.TotalSeconds, code, message);
    }

    private async Task Review(Attempt attempt, string code, string message)
    {
        var step = attempt.Step;
        await attempt.RollBack();
        var transaction = await attempt.Begin(CancellationToken.None);
        if (!await StopForReview.Run(transaction, step.Id, step.LeaseToken, code, Short(message)))
        {
            await Lost(attempt);
            return;
        }
        await Commit(attempt, attempt.Event("review", code, message));
        LogReview(step.Kind, step.Attempt, code, message);
    }

    private async Task GiveUp(Attempt attempt, int attempts, string code, string message)
    {
        var step = attempt.Step;
        await attempt.RollBack();
        var transaction = await attempt.Begin(CancellationToken.None);
        if (!await GiveUpStep.Run(transaction, step.Id, step.LeaseToken, attempts, code, Short(message)))
        {
            await Lost(attempt);
            return;
        }
        await Commit(attempt, attempt.Event("given_up", code, message, attempts: attempts));
        LogGivenUp(step.Kind, attempts, code, message);
    }

    private async Task Commit(Attempt attempt, StepEvent stepEvent)
    {
        if (catalogue.Chain(attempt.Step.ChainKind) is { } chain)
            await chain.Record(await attempt.Begin(CancellationToken.None), stepEvent, CancellationToken.None);
        await attempt.Commit(CancellationToken.None);
        attempt.Ended = stepEvent;
        metrics.Ended(attempt.Step.Kind, stepEvent.Outcome, stepEvent.Duration);
    }

    private async Task Lost(Attempt attempt)
    {
        await attempt.RollBack();
        metrics.Ended(attempt.Step.Kind, "lease_lost", attempt.Duration);
        LogLost(attempt.Step.Kind, attempt.Step.Attempt);
    }

    private static string Short(string message) => message.Length <= 4000 ? message : message[..4000];

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Step {Kind} will be tried again in {Seconds:0.#} s: attempt {Attempt}, {Code}: {Reason}"
    )]
    private partial void LogRetry(string kind, int attempt, double seconds, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Step {Kind} stopped for review: attempt {Attempt}, {Code}: {Reason}")]
    private partial void LogReview(string kind, int attempt, string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Step {Kind} given up after {Attempts} attempts, {Code}: {Reason}")]
    private partial void LogGivenUp(string kind, int attempts, string code, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Kind} given back, attempt {Attempt}: this process is stopping.")]
    private partial void LogReleased(string kind, int attempt);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Step {Kind} lost its lease in attempt {Attempt}: what it wrote was rolled back, and somebody else has it."
    )]
    private partial void LogLost(string kind, int attempt);
}
