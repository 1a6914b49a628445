using Microsoft.Extensions.Logging;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;

namespace MPanel.Jobs.Engine;

/// <summary>
/// Writes how an attempt ended, with the chain's own record in the same transaction. None of it heeds the stopping token: what has been
/// decided is written down, or the attempt would be made again for nothing.
/// </summary>
internal sealed partial class JobEnds(JobFaces faces, JobSignals signals, JobMetrics metrics, TimeProvider time, ILogger<JobEnds> logger)
{
    /// <summary>Commits the steps done so far. False when the lease was lost.</summary>
    public Task<bool> Go(JobAttempt attempt, IChain chain, bool finished) =>
        Commit(attempt, chain, finished ? JobState.Done : JobState.Running, spent: finished ? attempt.Job.Spent : 1);

    /// <summary>Undoes what the step wrote, and commits the steps before it together with this one's verdict, which isn't Done.</summary>
    public async Task Settle(JobAttempt attempt, IChain? chain, string kind, StepVerdict verdict, RetrySchedule retries, TimeSpan took)
    {
        var spent = attempt.Spent;
        await attempt.UndoStep();
        switch (verdict)
        {
            case StepVerdict.Retry retry when retries.After(spent) is { } delay:
                var wait = retry.After > delay ? retry.After.Value : delay;
                attempt.Events.Add(Event(kind, StepOutcome.Retry, spent, took, retry.Code, retry.Message, time.GetUtcNow() + wait));
                if (await Commit(attempt, chain, JobState.Waiting, spent, wait, retry.Code, retry.Message))
                    LogRetry(kind, spent, wait.TotalSeconds, retry.Code, retry.Message);
                break;
            case StepVerdict.Retry retry:
                await Stop(attempt, chain, Event(kind, StepOutcome.GivenUp, spent, took, retry.Code, retry.Message));
                break;
            case StepVerdict.Review review:
                await Stop(attempt, chain, Event(kind, StepOutcome.Review, spent, took, review.Code, review.Message));
                break;
            case StepVerdict.Close close:
                attempt.Events.Add(Event(kind, StepOutcome.Closed, spent, took, close.Code, close.Message));
                if (await Commit(attempt, chain, JobState.Cancelled, spent, code: close.Code, reason: close.Message))
                    LogClosed(kind, close.Code, close.Message);
                break;
            default:
                throw new InvalidOperationException($"A step can't be settled as {verdict.GetType().Name}.");
        }
    }

    public Task LeaseLostTooOften(JobAttempt attempt, IChain chain) =>
        Stop(
            attempt,
            chain,
            Event(
                chain.Steps[attempt.Step],
                StepOutcome.GivenUp,
                attempt.Spent - 1,
                TimeSpan.Zero,
                "lease_lost",
                "Every attempt was cut off: the process running it died, or was held up for longer than its lease."
            )
        );

    /// <summary>For a stopping process: what isn't committed is undone, the attempt doesn't count, and another process may begin at once.</summary>
    public async Task Release(JobAttempt attempt, string kind, TimeSpan took)
    {
        await attempt.RollBack();
        await using var clean = attempt.Again(attempt.Db);
        var job = clean.Job;
        var end = new AttemptEnd(job.Id, job.Attempt, JobState.Ready, job.Step, [], job.Spent - 1);
        var released = await clean.Commit(null, faces.Face, end);
        metrics.Ended(kind, released ? "released" : "lease_lost", took);
        LogReleased(kind);
    }

    private async Task Stop(JobAttempt attempt, IChain? chain, StepEvent stopped)
    {
        attempt.Events.Add(stopped);
        if (!await Commit(attempt, chain, JobState.Stopped, stopped.Attempt, code: stopped.Code, reason: stopped.Message))
            return;
        if (stopped.Outcome == StepOutcome.Review)
            LogReview(stopped.Kind, stopped.Attempt, stopped.Code!, stopped.Message!);
        else
            LogGivenUp(stopped.Kind, stopped.Attempt, stopped.Code!, stopped.Message!);
    }

    private async Task<bool> Commit(
        JobAttempt attempt,
        IChain? chain,
        string state,
        int spent,
        TimeSpan delay = default,
        string? code = null,
        string? reason = null
    )
    {
        var events = attempt.Events.ToList();
        var end = new AttemptEnd(
            attempt.Job.Id,
            attempt.Job.Attempt,
            state,
            attempt.Step,
            [.. attempt.Took],
            spent,
            delay,
            code,
            reason?.Length > 4000 ? reason[..4000] : reason
        );
        var steps = attempt.Took.Count > 0;
        if (!await attempt.Commit(chain, faces.Face, end))
        {
            metrics.Ended(events[^1].Kind, "lease_lost", events[^1].Duration);
            LogLost(events[^1].Kind);
            return false;
        }
        foreach (var ended in events.Where(e => e.Attempt > 0))
            metrics.Ended(ended.Kind, ended.Outcome, ended.Duration);
        if (steps)
            signals.Stepped();
        return true;
    }

    private StepEvent Event(
        string kind,
        string outcome,
        int attempt,
        TimeSpan took,
        string code,
        string message,
        DateTimeOffset? next = null
    ) => new(kind, outcome, attempt, time.GetUtcNow(), took, code, message, next);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Step {Kind} will be tried again in {Seconds:0.#} s: attempt {Attempt}, {Code}: {Reason}"
    )]
    private partial void LogRetry(string kind, int attempt, double seconds, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Step {Kind} stopped for review: attempt {Attempt}, {Code}: {Reason}")]
    private partial void LogReview(string kind, int attempt, string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Step {Kind} given up after {Attempts} attempts, {Code}: {Reason}")]
    private partial void LogGivenUp(string kind, int attempts, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Step {Kind} ended the work, {Code}: {Reason}")]
    private partial void LogClosed(string kind, string code, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Kind} given back: this process is stopping.")]
    private partial void LogReleased(string kind);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Step {Kind} lost its lease: what it wrote was rolled back, and somebody else has it."
    )]
    private partial void LogLost(string kind);
}
