using System.Text.Json;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Jobs;

/// <summary>What people decide about jobs, by page and API alike: each decision one transaction, and audited in it.</summary>
public sealed class JobDecisions(NpgsqlDataSource dataSource, JobControl jobs)
{
    /// <param name="step">What was changed; null when nothing was.</param>
    public sealed record Outcome(Decision Decision, ChangedStep? Step);

    public async Task<Outcome> Retry(HttpContext context, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await jobs.Retry(transaction, id, context.Actor().Name, CancellationToken.None) is not { } step)
            return await Refused(db, id, "not_failed", $"Job {id} is not a failed job: there is nothing to retry.");
        await Audit(context, "job.retried", step, "failed", "due", db, transaction);
        await transaction.CommitAsync();
        jobs.Wake(step);
        return new Outcome(Decision.Done(id, "due", $"Job {id} runs again."), step);
    }

    /// <summary>Cancels what of the job's chain isn't done.</summary>
    public async Task<Outcome> Cancel(HttpContext context, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var chain = await ChainSteps.OfStep(db, id);
        if (
            chain.Count == 0
            || await jobs.Cancel(transaction, chain[0].ChainId, context.Actor().Name, CancellationToken.None) is not { } step
        )
            return await Refused(db, id, "not_cancellable", $"Nothing is left to be done of job {id}: there is nothing to cancel.");
        await Audit(context, "job.cancelled", step, chain.First(s => s.Id == step.Id).State, "cancelled", db, transaction);
        await transaction.CommitAsync();
        return new Outcome(Decision.Done(id, "cancelled", $"Job {id} is cancelled, with what was to follow it."), step);
    }

    private static async Task<Outcome> Refused(NpgsqlConnection db, long id, string code, string text) =>
        new(
            await StepExists.Run(db, id) ? Decision.Refuse(id, code, text) : Decision.Refuse(id, "not_found", $"There is no job {id}."),
            null
        );

    private static Task Audit(
        HttpContext context,
        string action,
        ChangedStep step,
        string before,
        string after,
        NpgsqlConnection db,
        NpgsqlTransaction transaction
    ) =>
        context
            .Audit(
                action,
                $"job {step.Id}",
                JsonSerializer.Serialize(new { state = before }, JsonSerializerOptions.Web),
                JsonSerializer.Serialize(
                    new
                    {
                        state = after,
                        step.Kind,
                        step.Subject,
                    },
                    JsonSerializerOptions.Web
                )
            )
            .Append(db, transaction);
}
