using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="TimeZone">IANA name; null until one is known.</param>
/// <param name="TotpSecret">Encrypted; there while two-factor login is set up or on.</param>
/// <param name="TwoFactorRequired">A role of the user's asks for it.</param>
public sealed record AccountRow(
    string Email,
    string DisplayName,
    string? TimeZone,
    string SecurityStamp,
    bool TwoFactorEnabled,
    bool TwoFactorRequired,
    string? TotpSecret,
    int RecoveryCodesLeft,
    int Version
);

/// <summary>What people change about themselves.</summary>
public static class Account
{
    public static Task<AccountRow> Of(NpgsqlConnection db, long userId) =>
        db.QuerySingleAsync<AccountRow>(
            """
            select u.email, u.display_name, u.time_zone, u.security_stamp, u.two_factor_enabled,
                   exists (select 1 from user_roles ur join roles r on r.id = ur.role_id
                           where ur.user_id = u.id and r.requires_two_factor) as two_factor_required,
                   u.totp_secret,
                   (select count(*)::int from recovery_codes c where c.user_id = u.id and c.used_at is null) as recovery_codes_left,
                   u.version
            from users u where u.id = @userId
            """,
            new { userId }
        );

    /// <summary>False when somebody else changed the user meanwhile.</summary>
    public static async Task<bool> SaveProfile(
        NpgsqlTransaction transaction,
        long userId,
        int version,
        string displayName,
        string timeZone
    ) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update users set display_name = @displayName, time_zone = @timeZone, version = version + 1, updated_at = now()
            where id = @userId and version = @version
            """,
            new
            {
                userId,
                version,
                displayName,
                timeZone,
            },
            transaction
        ) == 1;

    /// <summary>The new password and a new stamp, which ends every session but the one that goes on.</summary>
    public static async Task SetPassword(
        NpgsqlTransaction transaction,
        long userId,
        string passwordHash,
        string securityStamp,
        long sessionGoesOn
    )
    {
        await transaction.Connection!.ExecuteAsync(
            """
            update users set password_hash = @passwordHash, security_stamp = @securityStamp, must_change_password = false,
                password_expires_at = null, updated_at = now()
            where id = @userId
            """,
            new
            {
                userId,
                passwordHash,
                securityStamp,
            },
            transaction
        );
        await transaction.Connection!.ExecuteAsync(
            "update sessions set security_stamp = @securityStamp where id = @sessionGoesOn and user_id = @userId",
            new
            {
                userId,
                securityStamp,
                sessionGoesOn,
            },
            transaction
        );
        await Sessions.EndAll(transaction, userId, but: sessionGoesOn);
    }
}
