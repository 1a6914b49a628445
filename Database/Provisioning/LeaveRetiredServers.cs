using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class LeaveRetiredServers
{
    /// <summary>
    /// What waits for a server that has left is placed anew: what was given to it while it left, and, where it was lost, what belongs to no
    /// website's placement. The task of a placement follows its website.
    /// </summary>
    /// <returns>How many tasks; at most the batch.</returns>
    public static Task<int> Next(NpgsqlConnection db, int batch) =>
        db.ExecuteAsync(
            """
            update provisioning_tasks t
            set server_id = (select p.server_id from placements p where p.id = t.placement_id), updated_at = now()
            where t.id in (
                select k.id from servers s join provisioning_tasks k on k.server_id = s.id and k.status = 'pending'
                where s.state = 'retired'
                  and (k.placement_id is null
                       or (select p.server_id from placements p where p.id = k.placement_id) is distinct from s.id)
                order by k.id
                limit @batch
                for update of k skip locked
            )
            """,
            new { batch }
        );
}
