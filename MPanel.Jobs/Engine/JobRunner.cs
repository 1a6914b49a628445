using System.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>Runs work that was begun: step after step, until it is done, must wait, or stops.</summary>
internal sealed partial class JobRunner(
    NpgsqlDataSource dataSource,
    StepCatalogue catalogue,
    JobEnds ends,
    RunningJobs running,
    TimeProvider time,
    IOptions<JobOptions> options,
    ILogger<JobRunner> logger
)
{
    /// <summary>Never throws: what couldn't be written down is brought back when the lease has run out.</summary>
    /// <param name="interrupted">Cancelled when the process stops: the running step is told, and the work given back.</param>
    public async Task Run(BegunJob job, CancellationToken interrupted)
    {
        using var scope = logger.BeginScope(
            new Dictionary<string, object>
            {
                ["CorrelationId"] = job.CorrelationId,
                ["Job"] = job.Kind,
                ["Subject"] = job.Title,
            }
        );
        running.Began(job.Id);
        try
        {
            await using var db = await dataSource.OpenConnectionAsync(CancellationToken.None);
            await using var attempt = new JobAttempt(job, db);
            await Run(attempt, interrupted);
        }
        catch (Exception failure)
        {
            LogLeft(failure, job.Kind, job.Title);
        }
        finally
        {
            running.Ended(job.Id);
        }
    }

    private async Task Run(JobAttempt attempt, CancellationToken interrupted)
    {
        var job = attempt.Job;
        if (catalogue.Chain(job.Kind) is not { } chain)
        {
            var unknown = new StepVerdict.Retry("unknown_kind", $"This build knows no work of the kind {job.Kind}.");
            await ends.Settle(attempt, null, job.Kind, unknown, RetrySchedule.Minutes, TimeSpan.Zero);
            return;
        }
        if (job.Was == JobState.Stopped)
            attempt.Events.Add(
                new StepEvent(
                    chain.Steps[job.Step],
                    StepOutcome.Resumed,
                    0,
                    time.GetUtcNow(),
                    TimeSpan.Zero,
                    "resumed_by_hand",
                    Actor: "dashboard"
                )
            );
        // A process that died took the attempt with it: were it not counted, a step that kills its process would do so for ever.
        if (job.LeaseLost && catalogue.Step(chain.Steps[job.Step]).Retries.After(job.Spent - 1) is null)
        {
            await ends.LeaseLostTooOften(attempt, chain);
            return;
        }
        while (attempt.Step < chain.Steps.Count)
        {
            running.Began(job.Id);
            if (!await RunStep(attempt, chain, chain.Steps[attempt.Step], interrupted))
                return;
        }
    }

    /// <returns>Whether the next step is to follow.</returns>
    private async Task<bool> RunStep(JobAttempt attempt, IChain chain, string kind, CancellationToken interrupted)
    {
        var job = attempt.Job;
        var step = catalogue.Step(kind);
        using var span = StepSpan.Start(kind, job.CorrelationId);
        var began = time.GetTimestamp();
        StepVerdict verdict;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        bound.CancelAfter(options.Value.StepTimeout);
        try
        {
            verdict = await step.Run(new StepRun(job.Id, kind, job.Payload, job.CorrelationId, attempt.Spent, attempt.Begin), bound.Token);
            if (verdict is StepVerdict.Done done)
                return await Go(attempt, chain, kind, done, time.GetElapsedTime(began));
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await ends.Release(attempt, kind, time.GetElapsedTime(began));
            return false;
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            verdict = new StepVerdict.Retry("timeout", $"Not done within {options.Value.StepTimeout.TotalSeconds:0.#} s.");
        }
        catch (Exception failure)
        {
            LogException(failure, kind, attempt.Spent);
            verdict = new StepVerdict.Retry(ErrorCode.Of(failure), failure.Message);
        }
        await Settle(attempt, chain, kind, verdict, time.GetElapsedTime(began));
        return false;
    }

    private async Task<bool> Go(JobAttempt attempt, IChain chain, string kind, StepVerdict.Done done, TimeSpan took)
    {
        var spent = attempt.Spent;
        attempt.StepIsDone(new StepEvent(kind, StepOutcome.Done, spent, time.GetUtcNow(), took));
        if (done.Announce is { } announce)
            attempt.Announcements.Add(announce);
        var finished = attempt.Step == chain.Steps.Count;
        // Once a process died at this work, every step is committed by itself: so the attempts are counted at the step that kills.
        if (finished || attempt.Job.LeaseLost || chain.CommitsAfter(kind))
        {
            if (!await ends.Go(attempt, chain, finished))
                return false;
            await Announce(attempt);
        }
        LogDone(kind, spent, took.TotalMilliseconds, done.Note);
        return true;
    }

    private async Task Announce(JobAttempt attempt)
    {
        foreach (var announce in attempt.Announcements)
        {
            try
            {
                await announce(attempt.Db);
            }
            catch (Exception failure)
            {
                LogNotAnnounced(failure, attempt.Job.Kind);
            }
        }
        attempt.Announcements.Clear();
    }

    private async Task Settle(JobAttempt attempt, IChain chain, string kind, StepVerdict verdict, TimeSpan took)
    {
        var retries = catalogue.Step(kind).Retries;
        try
        {
            if (attempt.Db.State == ConnectionState.Open)
            {
                await ends.Settle(attempt, chain, kind, verdict, retries, took);
                return;
            }
        }
        catch (NpgsqlException) when (attempt.Db.State != ConnectionState.Open)
        {
            // It was gone already, and nobody had noticed.
        }
        // The connection went with whatever made the attempt fail, and with it what wasn't committed; saying so needs another.
        await using var db = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await using var again = attempt.Again(db);
        await ends.Settle(again, chain, kind, verdict, retries, took);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Kind} done: attempt {Attempt}, {Milliseconds:0.0} ms. {Note}")]
    private partial void LogDone(string kind, int attempt, double milliseconds, string? note);

    [LoggerMessage(Level = LogLevel.Error, Message = "Step {Kind} failed with an exception, attempt {Attempt}.")]
    private partial void LogException(Exception failure, string kind, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What {Kind} did could not be announced; who waits for it looks by itself.")]
    private partial void LogNotAnnounced(Exception failure, string kind);

    [LoggerMessage(Level = LogLevel.Error, Message = "How {Kind} of {Title} ended could not be written down; it is run again.")]
    private partial void LogLeft(Exception failure, string kind, string title);
}
