using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Tags">Comma-separated; empty when none are asked for.</param>
public sealed record UnplacedTasks(string Role, string Tags, long Count, DateTimeOffset Oldest)
{
    /// <summary>Tasks that wait for a server with room, by what they ask of it.</summary>
    public static Task<IEnumerable<UnplacedTasks>> ByNeed(NpgsqlConnection db) =>
        db.QueryAsync<UnplacedTasks>(
            """
            select server_role as role, array_to_string(server_tags, ',') as tags, count(*) as count, min(created_at) as oldest
            from provisioning_tasks
            where status = 'pending' and server_id is null
            group by server_role, server_tags
            order by server_role, server_tags
            """
        );
}
