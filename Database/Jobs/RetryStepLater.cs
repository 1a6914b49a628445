using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class RetryStepLater
{
    /// <summary>Due again after the delay. Returns when, or null when the lease was lost and nothing changed.</summary>
    public static Task<DateTimeOffset?> Run(
        NpgsqlTransaction transaction,
        long stepId,
        Guid leaseToken,
        TimeSpan delay,
        string code,
        string message
    ) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            """
            update job_steps
            set state = 'due', run_at = now() + @delay, dispatched_at = null, lease_token = null, lease_expires_at = null,
                last_error_code = @code, last_error = @message, updated_at = now()
            where id = @stepId and state = 'running' and lease_token = @leaseToken
            returning run_at
            """,
            new
            {
                stepId,
                leaseToken,
                delay,
                code,
                message,
            },
            transaction
        );
}
