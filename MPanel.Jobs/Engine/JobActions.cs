using MPanel.Database.Jobs;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <param name="Step">What was changed.</param>
/// <param name="Text">One sentence: what was done.</param>
public sealed record DecidedJob(ChangedStep Step, string Text);

/// <summary>What people do to jobs: each action one transaction, with its audit entry in it.</summary>
public sealed class JobActions(NpgsqlDataSource dataSource, JobControl jobs)
{
    public async Task<Outcome<DecidedJob>> Retry(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await jobs.Retry(transaction, id, actor.Name, CancellationToken.None) is not { } step)
            return await Refused(db, id, "not_failed", $"Job {id} is not a failed job: there is nothing to retry.");
        await Audit(actor, "job.retried", step, StepState.Failed, StepState.Due, transaction);
        await transaction.CommitAsync();
        jobs.Wake(step);
        return new Outcome<DecidedJob>.Done(new DecidedJob(step, $"Job {id} runs again."));
    }

    /// <summary>Cancels what of the job's chain isn't done.</summary>
    public async Task<Outcome<DecidedJob>> Cancel(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var chain = await ChainSteps.OfStep(db, id);
        if (chain.Count == 0 || await jobs.Cancel(transaction, chain[0].ChainId, actor.Name, CancellationToken.None) is not { } step)
            return await Refused(db, id, "not_cancellable", $"Nothing is left to be done of job {id}: there is nothing to cancel.");
        await Audit(actor, "job.cancelled", step, chain.First(s => s.Id == step.Id).State, StepState.Cancelled, transaction);
        await transaction.CommitAsync();
        return new Outcome<DecidedJob>.Done(new DecidedJob(step, $"Job {id} is cancelled, with what was to follow it."));
    }

    private static async Task<Outcome<DecidedJob>> Refused(NpgsqlConnection db, long id, string code, string text) =>
        await StepExists.Run(db, id) ? Refusal.State(code, text) : new Outcome<DecidedJob>.Missing();

    private static Task Audit(Actor actor, string action, ChangedStep step, string before, string after, NpgsqlTransaction transaction) =>
        actor
            .Audit(
                action,
                $"job {step.Id}",
                AuditJson.Of(new { state = before }),
                AuditJson.Of(
                    new
                    {
                        state = after,
                        step.Kind,
                        step.Subject,
                    }
                )
            )
            .Append(transaction.Connection!, transaction);
}
