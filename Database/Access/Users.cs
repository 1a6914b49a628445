using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

public static class Users
{
    public static Task<bool> AnyAdmin(NpgsqlConnection db) =>
        db.ExecuteScalarAsync<bool>(
            """
            select exists (
                select 1 from users u join user_roles ur on ur.user_id = u.id join roles r on r.id = ur.role_id
                where r.code = 'super_admin' and u.status = 'active'
            )
            """
        );

    /// <summary>An active super admin who must change the password at the first login. One statement: with a role or not at all.</summary>
    /// <param name="validFor">How long the one-time password is taken.</param>
    public static Task CreateAdmin(NpgsqlConnection db, string email, string passwordHash, string securityStamp, TimeSpan validFor) =>
        db.ExecuteAsync(
            """
            with created as (
                insert into users (email, normalized_email, display_name, status, password_hash, must_change_password, password_expires_at,
                    security_stamp)
                values (@email, upper(@email), @email, 'active', @passwordHash, true, now() + @validFor, @securityStamp)
                returning id
            )
            insert into user_roles (user_id, role_id) select created.id, r.id from created, roles r where r.code = 'super_admin'
            """,
            new
            {
                email,
                passwordHash,
                securityStamp,
                validFor,
            }
        );

    /// <summary>A new one-time password; ends every session by the new stamp, suspends personal keys, and lifts a lockout. Returns false when there is no such user.</summary>
    /// <param name="validFor">How long the one-time password is taken.</param>
    public static async Task<bool> ResetPassword(
        NpgsqlConnection db,
        string email,
        string passwordHash,
        string securityStamp,
        TimeSpan validFor
    )
    {
        // As for ending all sessions: a key that is being made right now is waited for first.
        await db.ExecuteAsync("select 1 from users where normalized_email = upper(@email) for no key update", new { email });
        return await db.ExecuteAsync(
                """
                with suspended as (
                    update api_keys k set suspended_at = now(), updated_at = now() from users u
                    where u.normalized_email = upper(@email) and k.owner_id = u.id and k.suspended_at is null and k.revoked_at is null
                ), links as (
                    update password_resets r set expires_at = now() from users u
                    where u.normalized_email = upper(@email) and r.user_id = u.id and r.used_at is null and r.expires_at > now()
                ), forgotten as (
                    delete from known_browsers b using users u where u.normalized_email = upper(@email) and b.user_id = u.id
                ), unlocked as (
                    delete from login_budgets b using users u where u.normalized_email = upper(@email) and b.user_id = u.id
                )
                update users
                set password_hash = @passwordHash, security_stamp = @securityStamp, must_change_password = true,
                    password_expires_at = now() + @validFor, updated_at = now()
                where normalized_email = upper(@email) and status = 'active'
                """,
                new
                {
                    email,
                    passwordHash,
                    securityStamp,
                    validFor,
                }
            ) == 1;
    }
}
