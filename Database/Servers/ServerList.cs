using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Servers;

/// <summary>A server, and what its agent said last.</summary>
/// <param name="State">One of <see cref="ServerState"/>.</param>
/// <param name="HeardAt">The last heartbeat; null when its agent has never reported.</param>
/// <param name="Online">Heard of within the given time.</param>
/// <param name="Problem">What its agent said last of its services; null when they are well.</param>
/// <param name="Capabilities">Task types its agent can do; empty when it has never reported.</param>
public sealed record Server(
    long Id,
    string Name,
    string[] Roles,
    string State,
    DateTimeOffset? HeardAt,
    bool Online,
    string? Problem,
    string[] Capabilities
);

/// <inheritdoc cref="Server"/>
public sealed record ServerRow(
    long Id,
    string Name,
    string[] Roles,
    string Address,
    string State,
    string[] Tags,
    int WebsiteCapacity,
    int WebsiteCount,
    DateTimeOffset? HeardAt,
    bool Online,
    string? Problem,
    string? AgentVersion,
    string[] Capabilities,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for name, address or a tag; null for all.</param>
/// <param name="State">Null for every state but retired.</param>
/// <param name="Reporting"><c>online</c>, <c>unwell</c> (online, and something is wrong), <c>offline</c> (has reported, and does no longer) or <c>never</c>; null for all.</param>
/// <param name="OfflineAfter">Not heard of for longer is offline.</param>
public sealed record ServerFilter(string? Like, string? Role, string? State, string? Reporting, string? Tag, TimeSpan OfflineAfter);

public static class ServerList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("name", "s.name", "text"),
        new("role", "array_to_string(s.roles, ' ')", "text"),
        new("websites", "s.website_count", "integer"),
        new("room", "(s.website_capacity - s.website_count)", "integer"),
        // Who never reported stands where silence is longest.
        new("heard", "coalesce(h.received_at, timestamptz 'epoch')", "timestamptz"),
        new("created", "s.created_at", "timestamptz"),
    ];

    private const string Matching = """
        from servers s
        left join server_heartbeats h on h.server_id = s.id
        where (@Like::text is null or s.name ilike @Like or host(s.address) ilike @Like
               or exists (select 1 from unnest(s.tags) as tag where tag ilike @Like))
          and (@Role::text is null or @Role = any (s.roles))
          and case when @State::text is null then s.state <> 'retired' else s.state = @State end
          and (@Tag::text is null or @Tag = any (s.tags))
          and case @Reporting::text
              when 'online' then h.received_at > now() - @OfflineAfter
              when 'unwell' then h.received_at > now() - @OfflineAfter and h.problem is not null
              when 'offline' then h.received_at <= now() - @OfflineAfter
              when 'never' then h.received_at is null
              else true
          end
        """;

    public static Task<Slice<ServerRow>> Read(NpgsqlConnection db, ServerFilter filter, SliceRequest slice) =>
        slice.Read<ServerRow>(
            db,
            "s.id",
            $$"""
            select s.id, s.name, s.roles, host(s.address) as address, s.state, s.tags, s.website_capacity, s.website_count,
                   h.received_at as heard_at, coalesce(h.received_at > now() - @OfflineAfter, false) as online,
                   h.problem, h.agent_version, coalesce(h.capabilities, '{}') as capabilities, s.created_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, ServerFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);

    /// <summary>All that have not left.</summary>
    public static Task<IEnumerable<Server>> All(NpgsqlConnection db, TimeSpan offlineAfter) =>
        db.QueryAsync<Server>(
            """
            select s.id, s.name, s.roles, s.state, h.received_at as heard_at,
                   coalesce(h.received_at > now() - @offlineAfter, false) as online,
                   h.problem, coalesce(h.capabilities, '{}') as capabilities
            from servers s left join server_heartbeats h on h.server_id = s.id
            where s.state <> 'retired'
            order by s.name
            """,
            new { offlineAfter }
        );

    /// <summary>The id of the server with this name, or null.</summary>
    public static Task<long?> IdOf(NpgsqlConnection db, string name) =>
        db.QuerySingleOrDefaultAsync<long?>("select id from servers where name = @name", new { name });
}
