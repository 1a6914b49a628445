using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Email">As it was typed.</param>
/// <param name="UserId">Null for nobody known.</param>
public sealed record LoginAttemptRow(
    long Id,
    DateTimeOffset At,
    string Email,
    long? UserId,
    string Outcome,
    string RemoteAddress,
    string UserAgent,
    string SortKey
) : IListRow;

/// <param name="Email">The whole address, in any case.</param>
public sealed record LoginAttemptFilter(string? Email, string? Outcome);

public static class LoginAttemptList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("at", "l.id", "bigint")];

    private const string Matching = """
        from login_attempts l
        where (@Email::text is null or lower(l.email) = lower(@Email))
          and (@Outcome::text is null or l.outcome = @Outcome)
        """;

    public static Task<Slice<LoginAttemptRow>> Read(NpgsqlConnection db, LoginAttemptFilter filter, SliceRequest slice) =>
        slice.Read<LoginAttemptRow>(
            db,
            "l.id",
            $$"""
            select l.id, l.at, l.email, l.user_id, l.outcome, l.remote_address, l.user_agent, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, LoginAttemptFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
