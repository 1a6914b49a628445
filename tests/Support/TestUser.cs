using Dapper;
using MPanel.Web.Platform.Security.Identity;
using Npgsql;

namespace MPanel.Tests.Support;

/// <summary>People for tests. All have the same password, which is hashed once.</summary>
public sealed record TestUser(long Id, string Email)
{
    public const string Password = "violet harbour lantern 42";

    private static readonly Lazy<string> Hash = new(() => PasswordHashes.Hasher<object>().HashPassword(new object(), Password));

    /// <summary>An active user whose only role, made for them, has these permissions.</summary>
    public static async Task<TestUser> Create(NpgsqlConnection db, params string[] permissions)
    {
        var user = await Create(db);
        await db.ExecuteAsync(
            """
            with role as (
                insert into roles (code, name, description) values (@code, @code, 'For a test') returning id
            ), granted as (
                insert into role_permissions (role_id, permission_code) select role.id, p from role, unnest(@permissions) p
            )
            insert into user_roles (user_id, role_id) select @Id, id from role
            """,
            new
            {
                user.Id,
                code = $"test_{Guid.NewGuid():N}",
                permissions,
            }
        );
        return user;
    }

    /// <summary>An active user with a role that a new panel has, such as <c>super_admin</c>.</summary>
    public static async Task<TestUser> WithRole(NpgsqlConnection db, string role)
    {
        var user = await Create(db);
        await db.ExecuteAsync(
            "insert into user_roles (user_id, role_id) select @Id, id from roles where code = @role",
            new { user.Id, role }
        );
        return user;
    }

    private static async Task<TestUser> Create(NpgsqlConnection db)
    {
        var email = $"u{Guid.NewGuid():N}@example.com";
        var id = await db.QuerySingleAsync<long>(
            """
            insert into users (email, normalized_email, display_name, status, password_hash, security_stamp)
            values (@email, upper(@email), 'Test User', 'active', @Hash, gen_random_uuid()::text)
            returning id
            """,
            new { email, Hash = Hash.Value }
        );
        return new TestUser(id, email);
    }
}
