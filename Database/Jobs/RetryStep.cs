using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class RetryStep
{
    /// <summary>
    /// A failed step is due again with all its attempts before it, and what its giving up cancelled waits again. Null when it isn't
    /// failed. The last error stays readable until the step is done.
    /// </summary>
    public static Task<ChangedStep?> Run(NpgsqlTransaction transaction, long stepId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<ChangedStep>(
            """
            with retried as (
                update job_steps
                set state = 'due', verdict = null, attempt = 0, run_at = now(), dispatched_at = null, finished_at = null, updated_at = now()
                where id = @stepId and state = 'failed'
                returning id, chain_id, position, kind, payload, attempt
            ), rest as (
                update job_steps s
                set state = 'waiting', finished_at = null, updated_at = now()
                from retried
                where s.chain_id = retried.chain_id and s.position > retried.position and s.state = 'cancelled'
            )
            select r.id, r.chain_id, c.kind as chain_kind, r.kind, r.payload::text as payload, c.subject, c.correlation_id, r.attempt
            from retried r join job_chains c on c.id = r.chain_id
            """,
            new { stepId },
            transaction
        );
}
