using System.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>Runs the steps whose ids Hangfire brings.</summary>
public sealed partial class StepRunner(
    NpgsqlDataSource dataSource,
    StepCatalogue catalogue,
    StepLedger ledger,
    JobDispatcher dispatcher,
    RunningSteps running,
    TimeProvider time,
    IOptions<JobOptions> options,
    ILogger<StepRunner> logger
)
{
    /// <summary>
    /// Runs the step if it is due. Returns at once when it is done or somebody else's. Throws only when the ledger can't be reached; the
    /// sweep brings the step back then.
    /// </summary>
    /// <param name="stopping">Cancelled when the process stops: the running handler is told, and its step given back.</param>
    /// <returns>How the step ended; null when it was not run to an end.</returns>
    public async Task<StepEvent?> Run(long stepId, CancellationToken stopping)
    {
        await using var db = await dataSource.OpenConnectionAsync(stopping);
        // Not cancelled half way: a claim that was made and not heard of would cost the step an attempt.
        var step = await ClaimStep.Run(db, stepId, options.Value.Lease, CancellationToken.None);
        if (step is null)
            return null;
        using var scope = logger.BeginScope(
            new Dictionary<string, object>
            {
                ["CorrelationId"] = step.CorrelationId,
                ["StepKind"] = step.Kind,
                ["Subject"] = step.Subject,
            }
        );
        using var span = StepSpan.Start(step);
        await using var attempt = new Attempt(step, db, time);
        running.Began();
        try
        {
            await Run(attempt, stopping);
            return attempt.Ended;
        }
        finally
        {
            running.Ended();
        }
    }

    private async Task Run(Attempt attempt, CancellationToken stopping)
    {
        var step = attempt.Step;
        var handler = catalogue.Step(step.Kind);
        var retries = handler?.Retries ?? RetrySchedule.Minutes;
        // A process that died took the attempt with it: were it not counted, a step that kills its process would do so for ever.
        if (step.LeaseLost && retries.After(step.Attempt - 1) is null)
        {
            await ledger.LeaseLostTooOften(attempt, stopping);
            return;
        }

        StepVerdict verdict;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bound.CancelAfter(options.Value.HandlerTime);
        try
        {
            verdict = handler is null
                ? new StepVerdict.Retry("unknown_step", $"This build has no step of the kind {step.Kind}.")
                : await handler.Run(attempt.AsRun(), bound.Token);
            if (verdict is StepVerdict.Done done)
            {
                await Finish(attempt, done);
                return;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await ledger.Release(attempt);
            return;
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            verdict = new StepVerdict.Retry("timeout", $"Not done within {options.Value.HandlerTime.TotalSeconds:0.#} s.");
        }
        catch (Exception failure)
        {
            LogException(failure, step.Kind, step.Attempt);
            verdict = new StepVerdict.Retry(ErrorCode.Of(failure), failure.Message);
        }
        await Settle(attempt, verdict, retries);
    }

    private async Task Finish(Attempt attempt, StepVerdict.Done done)
    {
        var next = await ledger.Finish(attempt);
        if (next is null)
            return;
        LogDone(attempt.Step.Kind, attempt.Step.Attempt, attempt.Duration.TotalMilliseconds, done.Note);
        if (next.Id is { } id)
            dispatcher.Wake(id, $"{next.Kind} {attempt.Step.Subject}");
        if (done.Announce is { } announce)
            await Announce(attempt, announce);
    }

    private async Task Announce(Attempt attempt, Func<NpgsqlConnection, Task> announce)
    {
        try
        {
            await announce(attempt.Db);
        }
        catch (Exception failure)
        {
            LogUnannounced(failure, attempt.Step.Kind);
        }
    }

    private async Task Settle(Attempt attempt, StepVerdict verdict, RetrySchedule retries)
    {
        if (attempt.Db.State == ConnectionState.Open)
        {
            await ledger.Settle(attempt, verdict, retries);
            return;
        }
        // The connection went with whatever made the attempt fail; saying so needs another.
        await using var db = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await using var again = new Attempt(attempt.Step, db, time);
        await ledger.Settle(again, verdict, retries);
        attempt.Ended = again.Ended;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Kind} done: attempt {Attempt}, {Milliseconds:0.0} ms. {Note}")]
    private partial void LogDone(string kind, int attempt, double milliseconds, string? note);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Step {Kind} is done, but those who wait for it could not be told.")]
    private partial void LogUnannounced(Exception failure, string kind);

    [LoggerMessage(Level = LogLevel.Error, Message = "Step {Kind} failed with an exception, attempt {Attempt}.")]
    private partial void LogException(Exception failure, string kind, int attempt);
}
