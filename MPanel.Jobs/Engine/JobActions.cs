using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <param name="Kind">Of the step that it stands at.</param>
/// <param name="Subject">What it is about, such as an order's reference.</param>
/// <param name="Text">One sentence: what was done.</param>
public sealed record DecidedJob(long Id, string Kind, string Subject, string Text);

/// <summary>What people do to background work: each action one transaction, with its audit entry in it.</summary>
public sealed class JobActions(NpgsqlDataSource dataSource, StepCatalogue catalogue, JobFaces faces, JobSignals signals, TimeProvider time)
{
    /// <summary>What stopped goes on where it stopped.</summary>
    public async Task<Outcome<DecidedJob>> Retry(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Resume(transaction, actor, id) is not { } job)
            return await Refused(db, id, "not_failed", $"Job {id} is not a failed job: there is nothing to retry.");
        await Audit(actor, "job.retried", job, JobState.Ready, transaction);
        await transaction.CommitAsync();
        signals.Queued();
        return Done(job, $"Job {id} runs again.");
    }

    /// <summary>What waits for its next attempt is tried now.</summary>
    public async Task<Outcome<DecidedJob>> Hurry(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await DecideJob.Hurry(transaction, id, faces.Face) is not { } job)
            return await Refused(db, id, "not_waiting", $"Job {id} does not wait for another attempt.");
        await Audit(actor, "job.hurried", job, JobState.Ready, transaction);
        await transaction.CommitAsync();
        signals.Queued();
        return Done(job, $"Job {id} is tried now.");
    }

    /// <summary>Cancels what of it isn't done.</summary>
    public async Task<Outcome<DecidedJob>> Cancel(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Cancel(transaction, actor, id) is not { } job)
            return await Refused(db, id, "not_cancellable", $"Nothing is left to be done of job {id}: there is nothing to cancel.");
        if (catalogue.Chain(job.Kind) is { MayBeCancelled: false })
            return Refusal.State("not_cancellable", $"Job {id} can't be given up: mend what stopped it, and run it again.");
        await Audit(actor, "job.cancelled", job, JobState.Cancelled, transaction);
        await transaction.CommitAsync();
        return Done(job, $"Job {id} is cancelled, with what was to follow it.");
    }

    /// <summary>The same as <see cref="Retry"/> in a caller's transaction that audits it; null when it didn't stop. Signal after the commit.</summary>
    internal async Task<DecidedJobRow?> Resume(NpgsqlTransaction transaction, Actor actor, long id)
    {
        var job = await DecideJob.Resume(transaction, id, faces.Face);
        if (job is not null)
            await Record(transaction, job, StepOutcome.Resumed, actor);
        return job;
    }

    /// <summary>The same as <see cref="Cancel(Actor,long)"/> in a caller's transaction that audits it; null when nothing was left of it.</summary>
    internal async Task<DecidedJobRow?> Cancel(NpgsqlTransaction transaction, Actor actor, long id)
    {
        var job = await DecideJob.Cancel(transaction, id, faces.Face);
        if (job is not null)
            await Record(transaction, job, StepOutcome.Cancelled, actor);
        return job;
    }

    private async Task Record(NpgsqlTransaction transaction, DecidedJobRow job, string outcome, Actor actor)
    {
        if (catalogue.Chain(job.Kind) is { } chain)
            await chain.Record(
                transaction,
                new ChainJob(job.Id, job.Payload, job.CorrelationId, Finished: false),
                [
                    new StepEvent(
                        catalogue.StepAt(job.Kind, job.Step),
                        outcome,
                        0,
                        time.GetUtcNow(),
                        TimeSpan.Zero,
                        $"{outcome}_by_hand",
                        Actor: actor.Name
                    ),
                ],
                CancellationToken.None
            );
    }

    private static async Task<Outcome<DecidedJob>> Refused(NpgsqlConnection db, long id, string code, string text) =>
        await JobList.One(db, id) is not null ? Refusal.State(code, text) : new Outcome<DecidedJob>.Missing();

    private Outcome<DecidedJob> Done(DecidedJobRow job, string text) =>
        new Outcome<DecidedJob>.Done(new DecidedJob(job.Id, catalogue.StepAt(job.Kind, job.Step), job.Title, text));

    private Task Audit(Actor actor, string action, DecidedJobRow job, string after, NpgsqlTransaction transaction) =>
        actor
            .Audit(
                action,
                $"job {job.Id}",
                AuditJson.Of(new { state = job.Before }),
                AuditJson.Of(
                    new
                    {
                        state = after,
                        kind = catalogue.StepAt(job.Kind, job.Step),
                        subject = job.Title,
                    }
                )
            )
            .Append(transaction.Connection!, transaction);
}
