using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="State"><c>active</c>, <c>draining</c> or <c>maintenance</c>.</param>
/// <param name="WebsiteCapacity">How many websites are placed on it at most.</param>
/// <param name="Version">Raised by each edit; the next one names it.</param>
/// <param name="HeardAt">The last heartbeat; null when its agent has never reported.</param>
/// <param name="Online">Heard of within the given time.</param>
/// <param name="Problem">What its agent said last of its services; null when they are well, as is since when.</param>
/// <param name="Capabilities">Task types its agent can do; empty when it has never reported.</param>
/// <param name="FreeSlots">How many more tasks its agent would take; null when it has never reported.</param>
public sealed record ServerDetail(
    long Id,
    string Name,
    string[] Roles,
    string Address,
    string State,
    string[] Tags,
    int WebsiteCapacity,
    int WebsiteCount,
    int Version,
    DateTimeOffset? HeardAt,
    bool Online,
    string? Problem,
    DateTimeOffset? UnwellSince,
    string? AgentVersion,
    string[] Capabilities,
    int? FreeSlots,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

/// <summary>A token that the server's agent proves itself with. The secret is nowhere.</summary>
/// <param name="LastUsedAt">Null when it was never used.</param>
/// <param name="RevokedAt">Null while it is valid.</param>
public sealed record AgentToken(long Id, string Prefix, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

public sealed record ServerTaskRow(long Id, string Type, string Action, string Domain, string Status, DateTimeOffset UpdatedAt);

public sealed record ServerWebsiteRow(long Id, string Domain, string Status, string Plan);

public static class ServerFacts
{
    public static Task<ServerDetail?> Of(NpgsqlConnection db, long id, TimeSpan offlineAfter) =>
        db.QuerySingleOrDefaultAsync<ServerDetail>(
            """
            select s.id, s.name, s.roles, host(s.address) as address, s.state, s.tags, s.website_capacity, s.website_count, s.version,
                   h.received_at as heard_at, coalesce(h.received_at > now() - @offlineAfter, false) as online,
                   h.problem, h.unwell_since, h.agent_version, coalesce(h.capabilities, '{}') as capabilities, h.free_slots, s.created_at, s.updated_at
            from servers s left join server_heartbeats h on h.server_id = s.id
            where s.id = @id
            """,
            new { id, offlineAfter }
        );

    /// <summary>Valid ones first, then what was revoked last.</summary>
    public static Task<IEnumerable<AgentToken>> Tokens(NpgsqlConnection db, long id) =>
        db.QueryAsync<AgentToken>(
            """
            select id, prefix, created_at, last_used_at, revoked_at from server_tokens where server_id = @id
            order by revoked_at desc nulls first, id desc
            limit 20
            """,
            new { id }
        );

    /// <summary>The newest few.</summary>
    public static Task<IEnumerable<ServerTaskRow>> Tasks(NpgsqlConnection db, long id, int limit) =>
        db.QueryAsync<ServerTaskRow>(
            """
            select id, type, action, domain, status, updated_at from provisioning_tasks where server_id = @id order by id desc limit @limit
            """,
            new { id, limit }
        );

    /// <summary>The newest few that live.</summary>
    public static Task<IEnumerable<ServerWebsiteRow>> Websites(NpgsqlConnection db, long id, int limit) =>
        db.QueryAsync<ServerWebsiteRow>(
            """
            select id, domain, status, plan from websites where server_id = @id and status <> 'removed' order by id desc limit @limit
            """,
            new { id, limit }
        );
}
