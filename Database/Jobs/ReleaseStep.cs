using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class ReleaseStep
{
    /// <summary>Gives a step back untouched, for a process that is stopping: due at once, and the attempt doesn't count.</summary>
    /// <returns>False when the lease was lost.</returns>
    public static async Task<bool> Run(NpgsqlConnection db, long stepId, Guid leaseToken) =>
        await db.ExecuteAsync(
            """
            update job_steps
            set state = 'due', attempt = attempt - 1, dispatched_at = null, lease_token = null, lease_expires_at = null, updated_at = now()
            where id = @stepId and state = 'running' and lease_token = @leaseToken
            """,
            new { stepId, leaseToken }
        ) == 1;
}
