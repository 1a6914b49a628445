using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Status"><c>invited</c>, <c>active</c>, <c>disabled</c> or <c>deleted</c>.</param>
/// <param name="Locked">After too many failed logins, for a while, for whoever made them.</param>
public sealed record UserRow(
    long Id,
    string Email,
    string DisplayName,
    string Status,
    bool Locked,
    bool TwoFactorEnabled,
    string[] Roles,
    DateTimeOffset? LastLoginAt,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for e-mail address and name; null for all.</param>
/// <param name="Status">Null for every status but deleted.</param>
/// <param name="Role">Code of a role.</param>
public sealed record UserFilter(string? Like, string? Status, string? Role);

public static class UserList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("email", "u.normalized_email", "text"),
        new("name", "u.display_name", "text"),
        new("created", "u.created_at", "timestamptz"),
        new("login", "coalesce(u.last_login_at, timestamptz 'epoch')", "timestamptz"),
    ];

    private const string Matching = """
        from users u
        where (@Like::text is null or (u.email || ' ' || u.display_name) ilike @Like)
          and case when @Status::text is null then u.deleted_at is null
                   when @Status = 'deleted' then u.deleted_at is not null
                   else u.status = @Status and u.deleted_at is null end
          and (@Role::text is null or exists (
              select 1 from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id and r.code = @Role))
        """;

    public static Task<Slice<UserRow>> Read(NpgsqlConnection db, UserFilter filter, SliceRequest slice) =>
        slice.Read<UserRow>(
            db,
            "u.id",
            $$"""
            select u.id, u.email, u.display_name, case when u.deleted_at is null then u.status else 'deleted' end as status,
                   exists (select from login_budgets b where b.user_id = u.id and b.locked_until > now()) as locked, u.two_factor_enabled,
                   array(select r.name from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id order by r.name) as roles,
                   u.last_login_at, u.created_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, UserFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
