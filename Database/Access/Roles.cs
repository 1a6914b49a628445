using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="BuiltIn">Came with the panel.</param>
/// <param name="Users">How many have it, deleted ones left out.</param>
/// <param name="Permissions">Codes. Of super_admin: all there are.</param>
public sealed record RoleRow(
    long Id,
    string Code,
    string Name,
    string Description,
    bool BuiltIn,
    bool RequiresTwoFactor,
    int Version,
    int Users,
    string[] Permissions
)
{
    public bool IsSuperAdmin => Code == Roles.SuperAdmin;

    /// <summary>Two-factor login can't be made optional: the database refuses it.</summary>
    public bool AlwaysNeedsTwoFactor => Code is Roles.SuperAdmin or Roles.Admin;
}

public sealed record PermissionRow(string Code, string Description);

public sealed record RoleMember(long Id, string Email, string DisplayName, string Status);

/// <param name="Permissions">Codes; unknown ones are nothing.</param>
public sealed record RoleContent(string Name, string Description, bool RequiresTwoFactor, string[] Permissions);

public static class Roles
{
    /// <summary>Code of the role that may do everything.</summary>
    public const string SuperAdmin = "super_admin";

    /// <summary>Code of the role that may do everything but roles and users.</summary>
    public const string Admin = "admin";

    private const string Columns = """
        select r.id, r.code, r.name, r.description, r.built_in, r.requires_two_factor, r.version,
               (select count(*)::int from user_roles ur join users u on u.id = ur.user_id
                where ur.role_id = r.id and u.deleted_at is null) as users,
               array(select p.code from permissions p
                     where r.code = 'super_admin'
                        or exists (select 1 from role_permissions rp where rp.role_id = r.id and rp.permission_code = p.code)
                     order by p.code) as permissions
        from roles r
        """;

    /// <summary>Those of the panel first, then by name.</summary>
    public static async Task<IReadOnlyList<RoleRow>> All(NpgsqlConnection db) =>
        [
            .. await db.QueryAsync<RoleRow>(
                $"""
                {Columns}
                order by not r.built_in, case when r.built_in then r.id end, r.name, r.id
                """
            ),
        ];

    public static Task<RoleRow?> Find(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<RoleRow>(
            $"""
            {Columns}
            where r.id = @id
            """,
            new { id }
        );

    /// <summary>The same, and nobody else changes the role until the transaction ends.</summary>
    public static async Task<RoleRow?> Lock(NpgsqlTransaction transaction, long id)
    {
        await transaction.Connection!.ExecuteAsync("select 1 from roles where id = @id for no key update", new { id }, transaction);
        return await Find(transaction.Connection!, id);
    }

    /// <summary>What these roles give, together; null when one of them does not exist.</summary>
    /// <param name="codes">Codes of roles.</param>
    public static async Task<string[]?> Grants(NpgsqlTransaction transaction, string[] codes)
    {
        // Nothing that PostgreSQL can't store is the code of a role.
        if (codes.Any(c => string.IsNullOrEmpty(c) || c.Contains('\0', StringComparison.Ordinal)))
            return null;
        var known = await transaction.Connection!.ExecuteScalarAsync<int>(
            "select count(*)::int from roles where code = any(@codes)",
            new { codes },
            transaction
        );
        if (known != codes.Distinct().Count())
            return null;
        return
        [
            .. await transaction.Connection!.QueryAsync<string>(
                """
                select distinct rp.permission_code
                from role_permissions rp join roles r on r.id = rp.role_id
                where r.code = any(@codes)
                """,
                new { codes },
                transaction
            ),
        ];
    }

    public static async Task<IReadOnlyList<PermissionRow>> Permissions(NpgsqlConnection db) =>
        [.. await db.QueryAsync<PermissionRow>("select code, description from permissions order by code")];

    public static async Task<IReadOnlyList<RoleMember>> Members(NpgsqlConnection db, long id) =>
        [
            .. await db.QueryAsync<RoleMember>(
                """
                select u.id, u.email, u.display_name, u.status
                from user_roles ur join users u on u.id = ur.user_id
                where ur.role_id = @id and u.deleted_at is null
                order by u.display_name, u.id
                limit 200
                """,
                new { id }
            ),
        ];

    /// <returns>The id, or null when the code is taken.</returns>
    public static async Task<long?> Create(NpgsqlTransaction transaction, string code, RoleContent role)
    {
        var id = await transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            insert into roles (code, name, description, requires_two_factor)
            values (@code, @Name, @Description, @RequiresTwoFactor)
            on conflict (code) do nothing
            returning id
            """,
            new
            {
                code,
                role.Name,
                role.Description,
                role.RequiresTwoFactor,
            },
            transaction
        );
        if (id is { } created)
            await SetPermissions(transaction, created, role.Permissions);
        return id;
    }

    /// <summary>False when somebody else changed the role meanwhile. A super admin's permissions are everything, and stay so.</summary>
    public static async Task<bool> Change(NpgsqlTransaction transaction, long id, int version, RoleContent role)
    {
        var changed = await transaction.Connection!.ExecuteAsync(
            """
            update roles
            set name = @Name, description = @Description, requires_two_factor = @RequiresTwoFactor, version = version + 1, updated_at = now()
            where id = @id and version = @version
            """,
            new
            {
                id,
                version,
                role.Name,
                role.Description,
                role.RequiresTwoFactor,
            },
            transaction
        );
        if (changed == 1)
            await SetPermissions(transaction, id, role.Permissions);
        return changed == 1;
    }

    private static Task<int> SetPermissions(NpgsqlTransaction transaction, long id, string[] permissions) =>
        transaction.Connection!.ExecuteAsync(
            """
            with role as (
                select r.id from roles r where r.id = @id and r.code <> 'super_admin'
            ), gone as (
                delete from role_permissions using role where role_id = role.id and permission_code <> all(@permissions)
            )
            insert into role_permissions (role_id, permission_code)
            select role.id, p.code from role, permissions p where p.code = any(@permissions)
            on conflict do nothing
            """,
            new { id, permissions },
            transaction
        );
}
