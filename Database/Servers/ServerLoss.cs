using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <summary>What would be lost with a server.</summary>
/// <param name="HeardAt">Null when its agent has never reported.</param>
/// <param name="Silent">For so long that it may be declared lost.</param>
/// <param name="Kept">Websites that would be placed on other servers.</param>
/// <param name="Emptied">Of these, those that stood there: their files are gone.</param>
/// <param name="Removed">Websites that are being removed: their names would be free, and their archives gone.</param>
/// <param name="Room">How many websites the live servers have room for.</param>
public sealed record ServerLoss(
    string Name,
    string State,
    DateTimeOffset? HeardAt,
    bool Silent,
    long Kept,
    long Emptied,
    long Removed,
    long Room
)
{
    public static Task<ServerLoss?> Of(NpgsqlConnection db, long id, TimeSpan goneAfter, TimeSpan offlineAfter) =>
        db.QuerySingleOrDefaultAsync<ServerLoss>(
            """
            select s.name, s.state, h.received_at as heard_at, coalesce(h.received_at, s.created_at) < now() - @goneAfter as silent,
                (select count(*) from websites w where w.server_id = s.id and w.status not in ('removing', 'removed')) as kept,
                (select count(*) from websites w
                 where w.server_id = s.id and w.status not in ('removing', 'removed') and w.activated_at is not null) as emptied,
                (select count(*) from websites w where w.server_id = s.id and w.status = 'removing') as removed,
                (select coalesce(sum(greatest(o.website_capacity - o.website_count, 0)), 0)
                 from servers o join server_heartbeats live on live.server_id = o.id
                 where o.id <> s.id and o.state = 'active' and 'web' = any (o.roles) and live.problem is null
                   and live.received_at > now() - @offlineAfter)::bigint as room
            from servers s left join server_heartbeats h on h.server_id = s.id
            where s.id = @id
            """,
            new
            {
                id,
                goneAfter,
                offlineAfter,
            }
        );

    /// <summary>The first few by name.</summary>
    public static async Task<IReadOnlyList<ServerWebsiteRow>> Websites(NpgsqlConnection db, long id, int limit) =>
        (
            await db.QueryAsync<ServerWebsiteRow>(
                """
                select id, domain, status, plan from websites where server_id = @id and status <> 'removed'
                order by domain collate "C" limit @limit
                """,
                new { id, limit }
            )
        ).AsList();
}
