using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <summary>
/// What people who manage users change. That an active super admin is left is the database's rule: these throw a PostgresException
/// whose constraint is <see cref="LastSuperAdmin"/>.
/// </summary>
public static class UserChanges
{
    public const string LastSuperAdmin = "last_super_admin";

    /// <returns>The id, or null when the address is taken.</returns>
    public static Task<long?> Invite(NpgsqlTransaction transaction, string email, string displayName, string securityStamp) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            insert into users (email, normalized_email, display_name, status, security_stamp)
            values (@email, upper(@email), @displayName, 'invited', @securityStamp)
            on conflict (normalized_email) do nothing
            returning id
            """,
            new
            {
                email,
                displayName,
                securityStamp,
            },
            transaction
        );

    /// <summary>False when somebody else changed the user meanwhile.</summary>
    public static async Task<bool> Rename(NpgsqlTransaction transaction, long id, int version, string displayName) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update users set display_name = @displayName, version = version + 1, updated_at = now()
            where id = @id and version = @version
            """,
            new
            {
                id,
                version,
                displayName,
            },
            transaction
        ) == 1;

    /// <param name="roles">Codes; unknown ones are nothing.</param>
    public static Task SetRoles(NpgsqlTransaction transaction, long id, string[] roles) =>
        transaction.Connection!.ExecuteAsync(
            """
            with gone as (
                delete from user_roles where user_id = @id and role_id not in (select r.id from roles r where r.code = any(@roles))
            )
            insert into user_roles (user_id, role_id) select @id, r.id from roles r where r.code = any(@roles)
            on conflict do nothing
            """,
            new { id, roles },
            transaction
        );

    /// <summary>Nobody signs in as them any more; sessions and open invitations end. False when they were not invited or active.</summary>
    /// <param name="deleted">Gone from the lists, too.</param>
    public static async Task<bool> Disable(NpgsqlTransaction transaction, long id, bool deleted)
    {
        var changed = await transaction.Connection!.ExecuteAsync(
            """
            update users
            set status = 'disabled', deleted_at = case when @deleted then now() end, version = version + 1, updated_at = now()
            where id = @id and (status in ('invited', 'active') or (@deleted and deleted_at is null))
            """,
            new { id, deleted },
            transaction
        );
        await Sessions.EndAll(transaction, id);
        await transaction.Connection!.ExecuteAsync(
            "update user_invitations set expires_at = now() where user_id = @id and used_at is null and expires_at > now()",
            new { id },
            transaction
        );
        return changed == 1;
    }

    /// <summary>Lets a disabled or deleted user in again; one who never had a password is invited again. False for anybody else.</summary>
    public static async Task<bool> Enable(NpgsqlTransaction transaction, long id) =>
        await transaction.Connection!.ExecuteAsync(
            """
            with unlocked as (delete from login_budgets where user_id = @id)
            update users
            set status = case when password_hash is null then 'invited' else 'active' end, deleted_at = null, version = version + 1, updated_at = now()
            where id = @id and status = 'disabled'
            """,
            new { id },
            transaction
        ) == 1;
}
