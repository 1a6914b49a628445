using System.Text.Json;
using Dapper;
using MPanel.Jobs.Engine;

namespace MPanel.Tests.JobWorker;

/// <summary>
/// A step that does what its job's payload says: for each kind a list of behaviours, one an attempt, the last one for all that follow.
/// Absent means done. Every attempt leaves a row in attempts, committed at once; being done leaves one in effects, in the step's transaction.
/// </summary>
public sealed class ScriptedStep(string kind, RetrySchedule retries, Npgsql.NpgsqlDataSource dataSource) : IStep
{
    public const string Tables = """
        create table effects (
            id bigint generated always as identity, job_id bigint not null, kind text not null, attempt int not null,
            transaction xid8 not null default pg_current_xact_id()
        );
        create table attempts (
            id bigint generated always as identity, job_id bigint not null, kind text not null, attempt int not null,
            process int not null, at timestamptz not null default clock_timestamp()
        );
        create table records (
            id bigint generated always as identity, job_id bigint not null, kind text not null, attempt int not null,
            outcome text not null, code text, actor text not null, finished boolean not null
        );
        """;

    public string Kind => kind;
    public RetrySchedule Retries => retries;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var behaviour = Behaviour(step);
        await using (var db = await dataSource.OpenConnectionAsync(cancellationToken))
            await db.ExecuteAsync(
                "insert into attempts (job_id, kind, attempt, process) values (@JobId, @Kind, @Attempt, @ProcessId)",
                new
                {
                    step.JobId,
                    step.Kind,
                    step.Attempt,
                    Environment.ProcessId,
                }
            );
        var transaction = await step.Begin(cancellationToken);
        await transaction.Connection!.ExecuteAsync(
            "insert into effects (job_id, kind, attempt) values (@JobId, @Kind, @Attempt)",
            new
            {
                step.JobId,
                step.Kind,
                step.Attempt,
            },
            transaction
        );
        switch (behaviour)
        {
            case "done":
                return new StepVerdict.Done();
            case "retry":
                return new StepVerdict.Retry("asked_to_retry", "The script says so.");
            case "review":
                return new StepVerdict.Review("asked_for_review", "The script says so.");
            case "close":
                return new StepVerdict.Close("asked_to_close", "The script says so.");
            case "sql_error":
                await transaction.Connection!.ExecuteAsync("select 1 / 0", transaction: transaction);
                return new StepVerdict.Done();
            case "throw":
                throw new InvalidDataException("The script says so.");
            case "die":
                Environment.FailFast("The script says so.");
                throw new InvalidOperationException("Still alive.");
            case "hang":
                await Task.Delay(Timeout.Infinite, cancellationToken);
                throw new InvalidOperationException("Nobody told it to stop.");
            // Deaf to its token, as a handler with a bug is.
            case "outlive_lease":
                await Task.Delay(TimeSpan.FromSeconds(6), CancellationToken.None);
                return new StepVerdict.Done();
            case "deaf":
                await Task.Delay(TimeSpan.FromMinutes(2), CancellationToken.None);
                return new StepVerdict.Done();
            default:
                throw new InvalidOperationException($"No behaviour {behaviour}.");
        }
    }

    private static string Behaviour(StepRun step)
    {
        using var script = JsonDocument.Parse(step.Payload);
        if (!script.RootElement.TryGetProperty(step.Kind, out var behaviours))
            return "done";
        return behaviours[Math.Min(step.Attempt, behaviours.GetArrayLength()) - 1].GetString()!;
    }
}
