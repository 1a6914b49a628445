using Dapper;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Database.Servers;

/// <summary>The last look at what stands on a server.</summary>
/// <param name="FinishedAt">Null while its parts still come.</param>
/// <param name="AskedAt">When somebody asked last for one; null when nobody did.</param>
/// <param name="Placements">What shall stand there.</param>
/// <param name="Unwell">Of these, what doesn't stand as it was applied, or can't be brought about.</param>
/// <param name="Orphans">What the node has and this panel doesn't know, or not there.</param>
public sealed record ServerInventory(
    DateTimeOffset? BegunAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? AskedAt,
    long Placements,
    long Unwell,
    long Orphans
)
{
    public static Task<ServerInventory?> Of(NpgsqlConnection db, long serverId) =>
        db.QuerySingleOrDefaultAsync<ServerInventory>(
            """
            select i.begun_at, i.finished_at, s.inventory_asked_at as asked_at,
                   (select count(*) from placements p where p.server_id = s.id and p.desired = 'present') as placements,
                   (select count(*) from placements p
                    where p.server_id = s.id and p.condition in ('drifted', 'broken', 'ahead')) as unwell,
                   (select count(*) from server_orphans o where o.server_id = s.id) as orphans
            from servers s left join server_inventories i on i.server_id = s.id
            where s.id = @serverId
            """,
            new { serverId }
        );

    /// <summary>The first few of those that aren't well.</summary>
    public static async Task<IReadOnlyList<UnwellPlacement>> FirstUnwell(NpgsqlConnection db, long serverId, int limit) =>
        (
            await db.QueryAsync<UnwellPlacement>(
                """
                select w.id as website_id, w.domain, p.condition, p.condition_text as text, p.condition_at as since
                from placements p join websites w on w.id = p.subject_id
                where p.server_id = @serverId and p.kind = 'hosting' and p.condition in ('drifted', 'broken', 'ahead')
                order by p.condition_at, p.id
                limit @limit
                """,
                new { serverId, limit }
            )
        ).AsList();

    public static async Task<IReadOnlyList<ServerOrphan>> FirstOrphans(NpgsqlConnection db, long serverId, int limit) =>
        (
            await db.QueryAsync<ServerOrphan>(
                """
                select kind, subject_id, problem, since from server_orphans where server_id = @serverId order by since, subject_id limit @limit
                """,
                new { serverId, limit }
            )
        ).AsList();

    /// <summary>Its agent looks when it has heard of it, with its next heartbeat.</summary>
    /// <returns>The server's name; null when there is none.</returns>
    public static Task<string?> Ask(NpgsqlTransaction transaction, long serverId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<string?>(
            "update servers set inventory_asked_at = now() where id = @serverId returning name",
            new { serverId },
            transaction
        );

    /// <summary>Has everything that shall stand on the server brought about again, whatever stands there.</summary>
    /// <returns>How many tasks there are more.</returns>
    public static Task<int> Rebuild(NpgsqlTransaction transaction, long serverId, string correlationId) =>
        transaction.Connection!.QuerySingleAsync<int>(
            $"""
            with goal as (
                update placements p
                set condition = case when p.condition = 'broken' then 'unknown' else p.condition end
                where p.server_id = @serverId and p.kind = 'hosting' and p.role = 'serving' and p.desired = 'present' and p.condition <> 'ahead'
                  and not exists (select from provisioning_tasks t where t.placement_id = p.id and t.status = 'pending')
                returning p.id, p.server_id, p.subject_id
            ), added as (
                {PlacementTask.Insert("from goal join websites w on w.id = goal.subject_id")}
            )
            select count(*)::int from added
            """,
            new
            {
                serverId,
                OrderId = (long?)null,
                SubscriptionId = (long?)null,
                ServerRole = "web",
                ServerTags = Array.Empty<string>(),
                Priority = PlacementTask.InTurn,
                CorrelationId = correlationId,
            },
            transaction
        );
}

/// <param name="Text">What is wrong, for people.</param>
public sealed record UnwellPlacement(long WebsiteId, string Domain, string Condition, string? Text, DateTimeOffset Since);

/// <param name="SubjectId">Of a hosting: the website's id, as the node has it.</param>
public sealed record ServerOrphan(string Kind, long SubjectId, string Problem, DateTimeOffset Since);
