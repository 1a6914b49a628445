using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Status">See <see cref="UserState"/>.</param>
/// <param name="Roles">Codes.</param>
/// <param name="Permissions">What the roles come to.</param>
public sealed record UserDetail(
    long Id,
    string Email,
    string DisplayName,
    string Status,
    DateTimeOffset CreatedAt,
    int Version,
    string[] Roles,
    string[] Permissions
)
{
    public required UserSignIn SignIn { get; init; }

    public bool IsSuperAdmin => Roles.Contains(Access.Roles.SuperAdmin);
}

/// <summary>How they sign in, and when they did.</summary>
/// <param name="HasPassword">False for somebody who never accepted an invitation.</param>
/// <param name="LockoutEnd">Until then somebody who guessed is kept out; null when nobody is.</param>
/// <param name="LastLoginAt">Null when they never did.</param>
public sealed record UserSignIn(
    bool HasPassword,
    bool MustChangePassword,
    bool TwoFactorEnabled,
    DateTimeOffset? LockoutEnd,
    DateTimeOffset? LastLoginAt
);

public static class UserFacts
{
    public static Task<UserDetail?> Of(NpgsqlConnection db, long id) => Read(db, id, null);

    /// <summary>The same, and nobody else changes the user until the transaction ends.</summary>
    public static async Task<UserDetail?> Lock(NpgsqlTransaction transaction, long id)
    {
        var db = transaction.Connection!;
        await db.ExecuteAsync("select 1 from users where id = @id for no key update", new { id }, transaction);
        return await Read(db, id, transaction);
    }

    private static async Task<UserDetail?> Read(NpgsqlConnection db, long id, NpgsqlTransaction? transaction) =>
        (
            await db.QueryAsync<UserDetail, UserSignIn, UserDetail>(
                """
                select u.id, u.email, u.display_name, case when u.deleted_at is null then u.status else 'deleted' end as status,
                       u.created_at, u.version,
                       array(select r.code from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id order by r.code) as roles,
                       array(select p.permission_code from user_permissions p where p.user_id = u.id order by 1) as permissions,
                       u.password_hash is not null as has_password, u.must_change_password, u.two_factor_enabled,
                       (select max(b.locked_until) from login_budgets b where b.user_id = u.id and b.locked_until > now()) as lockout_end,
                       u.last_login_at
                from users u where u.id = @id
                """,
                (user, signIn) => user with { SignIn = signIn },
                new { id },
                transaction,
                splitOn: "has_password"
            )
        ).SingleOrDefault();
}
