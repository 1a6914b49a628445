using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="Status"><c>active</c> or <c>revoked</c>.</param>
public sealed record AgentTokenRow(
    long Id,
    long ServerId,
    string Server,
    string Prefix,
    string Status,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? HeardAt,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for the server's name; null for all.</param>
/// <param name="Status">Null for all.</param>
public sealed record AgentTokenFilter(string? Like, string? Status);

/// <summary>The agents' tokens, and when each server was heard of last.</summary>
public static class AgentTokenList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "t.id", "bigint"), new("server", "s.name", "text")];

    private const string Matching = """
        from server_tokens t join servers s on s.id = t.server_id left join server_heartbeats h on h.server_id = s.id
        where (@Like::text is null or s.name ilike @Like)
          and (@Status::text is null or (t.revoked_at is null) = (@Status = 'active'))
        """;

    public static Task<Slice<AgentTokenRow>> Read(NpgsqlConnection db, AgentTokenFilter filter, SliceRequest slice) =>
        slice.Read<AgentTokenRow>(
            db,
            "t.id",
            $$"""
            select t.id, t.server_id, s.name as server, t.prefix, case when t.revoked_at is null then 'active' else 'revoked' end as status,
                   t.last_used_at, h.received_at as heard_at, t.created_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, AgentTokenFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
