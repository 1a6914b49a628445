using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class CancelChain
{
    /// <summary>
    /// Cancels all of a chain that isn't done. A running step loses its lease, so that what it still writes can't be committed; what
    /// it has already done outside stays done. Returns the step the chain stood at, or null when nothing was left to cancel.
    /// </summary>
    public static Task<ChangedStep?> Run(NpgsqlTransaction transaction, long chainId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<ChangedStep>(
            """
            with cancelled as (
                update job_steps
                set state = 'cancelled', verdict = null, lease_token = null, lease_expires_at = null,
                    finished_at = now(), updated_at = now()
                where chain_id = @chainId and state in ('waiting', 'due', 'running', 'failed')
                returning id, chain_id, position, kind, payload, attempt
            )
            select s.id, s.chain_id, c.kind as chain_kind, s.kind, s.payload::text as payload, c.subject, c.correlation_id, s.attempt
            from cancelled s join job_chains c on c.id = s.chain_id
            order by s.position
            limit 1
            """,
            new { chainId },
            transaction
        );
}
