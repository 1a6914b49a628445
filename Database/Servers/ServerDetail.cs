using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="State">One of <see cref="ServerState"/>.</param>
/// <param name="Version">Raised by each edit; the next one names it.</param>
/// <param name="RetiredAt">When it left for good; null until then.</param>
/// <param name="LostAt">The same of one that was declared lost, with all that stood there; null for others.</param>
public sealed record ServerDetail(
    long Id,
    string State,
    int WebsiteCount,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? RetiredAt,
    DateTimeOffset? LostAt
)
{
    public required ServerSettings Settings { get; init; }
    public required AgentReport Agent { get; init; }

    public string Name => Settings.Name;
}

/// <summary>What a server's agent said of itself last.</summary>
/// <param name="Online">Heard of within the given time.</param>
/// <param name="HeardAt">The last heartbeat; null when its agent has never reported.</param>
/// <param name="Problem">What it said last of its services; null when they are well, as is since when.</param>
/// <param name="Capabilities">Task types it can do; empty when it has never reported.</param>
/// <param name="FreeSlots">How many more tasks it would take; null when it has never reported.</param>
public sealed record AgentReport(
    bool Online,
    DateTimeOffset? HeardAt,
    string? Problem,
    DateTimeOffset? UnwellSince,
    string? AgentVersion,
    string[] Capabilities,
    int? FreeSlots
);

/// <summary>A token that the server's agent proves itself with. The secret is nowhere.</summary>
/// <param name="LastUsedAt">Null when it was never used.</param>
/// <param name="RevokedAt">Null while it is valid.</param>
public sealed record AgentToken(long Id, string Prefix, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

public sealed record ServerTaskRow(long Id, string Type, string Action, string Domain, string Status, DateTimeOffset UpdatedAt);

public sealed record ServerWebsiteRow(long Id, string Domain, string Status, string Plan);

public static class ServerFacts
{
    public static async Task<ServerDetail?> Of(NpgsqlConnection db, long id, TimeSpan offlineAfter) =>
        (
            await db.QueryAsync<ServerDetail, ServerSettings, AgentReport, ServerDetail>(
                """
                select s.id, s.state, s.website_count, s.version, s.created_at, s.updated_at, s.retired_at, s.lost_at,
                       s.name, s.roles, host(s.address) as address, s.tags, s.website_capacity,
                       coalesce(h.received_at > now() - @offlineAfter, false) as online, h.received_at as heard_at,
                       h.problem, h.unwell_since, h.agent_version, coalesce(h.capabilities, '{}') as capabilities, h.free_slots
                from servers s left join server_heartbeats h on h.server_id = s.id
                where s.id = @id
                """,
                (server, settings, agent) => server with { Settings = settings, Agent = agent },
                new { id, offlineAfter },
                splitOn: "name,online"
            )
        ).SingleOrDefault();

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
