using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class StopForReview
{
    /// <summary>Failed until a person decides; the rest of the chain keeps waiting. False when the lease was lost.</summary>
    public static async Task<bool> Run(NpgsqlTransaction transaction, long stepId, Guid leaseToken, string code, string message) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update job_steps
            set state = 'failed', verdict = 'review', lease_token = null, lease_expires_at = null,
                last_error_code = @code, last_error = @message, finished_at = now(), updated_at = now()
            where id = @stepId and state = 'running' and lease_token = @leaseToken
            """,
            new
            {
                stepId,
                leaseToken,
                code,
                message,
            },
            transaction
        ) == 1;
}
