using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class GiveUpStep
{
    /// <summary>Failed for good, and the rest of its chain cancelled. False when the lease was lost.</summary>
    /// <param name="attempts">How many were really made: an attempt claimed only to find that they were spent isn't one.</param>
    public static async Task<bool> Run(
        NpgsqlTransaction transaction,
        long stepId,
        Guid leaseToken,
        int attempts,
        string code,
        string message
    ) =>
        await transaction.Connection!.ExecuteScalarAsync<int>(
            """
            with failed as (
                update job_steps
                set state = 'failed', verdict = 'given_up', attempt = @attempts, lease_token = null, lease_expires_at = null,
                    last_error_code = @code, last_error = @message, finished_at = now(), updated_at = now()
                where id = @stepId and state = 'running' and lease_token = @leaseToken
                returning chain_id
            ), rest as (
                update job_steps s
                set state = 'cancelled', finished_at = now(), updated_at = now()
                from failed
                where s.chain_id = failed.chain_id and s.state = 'waiting'
            )
            select count(*)::int from failed
            """,
            new
            {
                stepId,
                leaseToken,
                attempts,
                code,
                message,
            },
            transaction
        ) == 1;
}
