using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="State"><c>active</c>, <c>draining</c> or <c>maintenance</c>.</param>
/// <param name="HeardAt">The last heartbeat; null when its agent has never reported.</param>
/// <param name="Online">Heard of within the given time.</param>
/// <param name="Capabilities">Task types its agent can do; empty when it has never reported.</param>
public sealed record Server(
    long Id,
    string Name,
    string Role,
    string Address,
    string State,
    string[] Tags,
    int WebsiteCapacity,
    int WebsiteCount,
    DateTimeOffset? HeardAt,
    bool Online,
    string? AgentVersion,
    string[] Capabilities
);

public static class ServerList
{
    public static Task<IEnumerable<Server>> All(NpgsqlConnection db, TimeSpan offlineAfter) =>
        db.QueryAsync<Server>(
            """
            select s.id, s.name, s.role, host(s.address) as address, s.state, s.tags, s.website_capacity, s.website_count,
                   h.received_at as heard_at, coalesce(h.received_at > now() - @offlineAfter, false) as online,
                   h.agent_version, coalesce(h.capabilities, '{}') as capabilities
            from servers s left join server_heartbeats h on h.server_id = s.id
            order by s.name
            """,
            new { offlineAfter }
        );

    /// <summary>The id of the server with this name, or null.</summary>
    public static Task<long?> IdOf(NpgsqlConnection db, string name) =>
        db.QuerySingleOrDefaultAsync<long?>("select id from servers where name = @name", new { name });
}
