using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <summary>A server that may leave, while its row is locked: nothing is placed on it meanwhile.</summary>
/// <param name="State">One of <see cref="ServerState"/>.</param>
/// <param name="Websites">What stands there, or is still to be erased there.</param>
/// <param name="OpenTasks">What its agent is to do, or does.</param>
/// <param name="Silent">Its agent was not heard of for as long as was asked; one that never reported, since it was added.</param>
public sealed record LeavingServer(string Name, string State, long Websites, long OpenTasks, bool Silent);

public static class RetireServer
{
    /// <param name="goneAfter">For <see cref="LeavingServer.Silent"/>.</param>
    public static async Task<LeavingServer?> Lock(NpgsqlTransaction transaction, long id, TimeSpan goneAfter)
    {
        // With the lock that a task's reference to it conflicts with, too; and looked at afterwards, by a statement of its own.
        await transaction.Connection!.ExecuteAsync("select from servers where id = @id for update", new { id }, transaction);
        return await transaction.Connection!.QuerySingleOrDefaultAsync<LeavingServer>(
            """
            select s.name, s.state,
                greatest(
                    (select count(*) from websites w where w.server_id = s.id and w.status <> 'removed'),
                    (select count(*) from placements p
                     where p.server_id = s.id and (p.desired = 'present' or p.applied_revision < p.revision))
                ) as websites,
                (select count(*) from provisioning_tasks t where t.server_id = s.id and t.status in ('pending', 'in_progress')) as open_tasks,
                coalesce(h.received_at, s.created_at) < now() - @goneAfter as silent
            from servers s left join server_heartbeats h on h.server_id = s.id
            where s.id = @id
            """,
            new { id, goneAfter },
            transaction
        );
    }

    /// <summary>It has left: its agent's tokens and codes are worth nothing from now on.</summary>
    /// <param name="lost">With all that stands on it.</param>
    public static Task Run(NpgsqlTransaction transaction, long id, bool lost) =>
        transaction.Connection!.ExecuteAsync(
            """
            update servers
            set state = 'retired', retired_at = now(), lost_at = case when @lost then now() end, version = version + 1, updated_at = now()
            where id = @id;

            update server_tokens set revoked_at = now() where server_id = @id and revoked_at is null;

            update server_enrolments set used_at = now() where server_id = @id and used_at is null;

            delete from server_orphans where server_id = @id;
            """,
            new { id, lost },
            transaction
        );
}
