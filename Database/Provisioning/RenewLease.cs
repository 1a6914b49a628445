using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class RenewLease
{
    /// <summary>
    /// Lets the lease last for the given time from now. One that ran out but was not reaped yet is renewed too: nobody else
    /// holds the task. Accepted, StaleLease or NotFound.
    /// </summary>
    public static async Task<LeaseAnswer> Run(NpgsqlConnection db, long taskId, long serverId, Guid leaseToken, TimeSpan lease) =>
        Enum.Parse<LeaseAnswer>(
            await db.QuerySingleAsync<string>(
                """
                with found as (
                    -- By id alone, for the reason that TaskSuccess names, and locked.
                    select id, server_id, status, lease_token from provisioning_tasks where id = @taskId for update
                ), renewed as (
                    update provisioning_tasks t set lease_expires_at = now() + @lease, updated_at = now()
                    from found
                    where t.id = found.id and found.server_id = @serverId and found.status = 'in_progress'
                      and found.lease_token = @leaseToken
                    returning t.id
                )
                select case
                    when exists (select 1 from renewed) then 'Accepted'
                    when exists (select 1 from provisioning_tasks where id = @taskId and server_id = @serverId)
                      or exists (select 1 from task_attempts where task_id = @taskId and server_id = @serverId) then 'StaleLease'
                    else 'NotFound'
                end
                """,
                new
                {
                    taskId,
                    serverId,
                    leaseToken,
                    lease,
                }
            )
        );
}
