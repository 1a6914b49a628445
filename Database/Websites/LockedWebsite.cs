using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <summary>A website as it stands while its row is locked: whoever changes it too waits until the transaction ends.</summary>
/// <param name="Domain">Its primary name.</param>
/// <param name="SuspendedFor">Every reason; empty while none holds.</param>
/// <param name="ServerRole">Of the servers that may have it, by its plan.</param>
/// <param name="Standing">What is known of it on its server.</param>
public sealed record LockedWebsite(
    long Id,
    long CustomerId,
    string Domain,
    string Status,
    string[] SuspendedFor,
    string ServerRole,
    string[] ServerTags,
    LockedStanding Standing
)
{
    public static async Task<LockedWebsite?> Take(NpgsqlTransaction transaction, long id)
    {
        var db = transaction.Connection!;
        await db.ExecuteAsync("select from websites where id = @id for no key update", new { id }, transaction);
        return (
            await db.QueryAsync<Row, LockedStanding, LockedWebsite>(
                """
                select w.id, w.customer_id, w.domain, w.status, w.suspended_for, coalesce(p.server_role, 'web') as server_role, p.server_tags,
                       s.name as server, coalesce(g.desired = 'absent', false) as absent,
                       exists (
                           select from provisioning_tasks t where t.placement_id = g.id and t.status in ('pending', 'in_progress')
                       ) as has_task,
                       coalesce(g.condition = 'ahead', false) as ahead,
                       w.activated_at is not null or exists (
                           select from provisioning_tasks t where t.placement_id = g.id and t.attempt > 0
                       ) as stood
                from websites w join products p on p.code = w.plan
                left join placements g on g.kind = 'hosting' and g.subject_id = w.id and g.role = 'serving'
                left join servers s on s.id = w.server_id
                where w.id = @id
                """,
                (w, standing) =>
                    new LockedWebsite(w.Id, w.CustomerId, w.Domain, w.Status, w.SuspendedFor, w.ServerRole, w.ServerTags, standing),
                new { id },
                transaction,
                splitOn: "server"
            )
        ).SingleOrDefault();
    }

    private sealed record Row(
        long Id,
        long CustomerId,
        string Domain,
        string Status,
        string[] SuspendedFor,
        string ServerRole,
        string[] ServerTags
    );
}

/// <param name="Server">Name of its server; null while none has room.</param>
/// <param name="Absent">Its server is to erase it, or has.</param>
/// <param name="HasTask">Something is to be done on it, or is being done.</param>
/// <param name="Ahead">Its server has a later state of it than this panel.</param>
/// <param name="Stood">It stood on a server once, or something was begun there.</param>
public sealed record LockedStanding(string? Server, bool Absent, bool HasTask, bool Ahead, bool Stood);
