using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Access;

public sealed record SessionListRow(
    long Id,
    long UserId,
    string Email,
    string DisplayName,
    bool TwoFactorPassed,
    string RemoteAddress,
    string UserAgent,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastSeenAt,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for e-mail address and name; null for all.</param>
/// <param name="Idle">Unused for longer, a session is over.</param>
public sealed record SessionFilter(string? Like, TimeSpan Idle);

/// <summary>Who is signed in.</summary>
public static class SessionList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("seen", "s.last_seen_at", "timestamptz"),
        new("created", "s.created_at", "timestamptz"),
    ];

    private const string Matching = """
        from sessions s join users u on u.id = s.user_id
        where s.status = 'active' and s.expires_at > now() and s.last_seen_at > now() - @Idle
          and u.status = 'active' and u.security_stamp = s.security_stamp
          and (@Like::text is null or (u.email || ' ' || u.display_name) ilike @Like)
        """;

    public static Task<Slice<SessionListRow>> Read(NpgsqlConnection db, SessionFilter filter, SliceRequest slice) =>
        slice.Read<SessionListRow>(
            db,
            "s.id",
            $$"""
            select s.id, s.user_id, u.email, u.display_name, s.two_factor_passed, s.remote_address, s.user_agent, s.created_at,
                   s.last_seen_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, SessionFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
