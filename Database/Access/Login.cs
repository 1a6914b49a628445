using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Status"><c>invited</c>, <c>active</c> or <c>disabled</c>.</param>
/// <param name="PasswordExpired">It was a one-time password, and nobody changed it in time.</param>
/// <param name="TotpSecret">Encrypted.</param>
public sealed record LoginUser(
    long Id,
    string Email,
    string Status,
    string? PasswordHash,
    string SecurityStamp,
    bool PasswordExpired,
    bool TwoFactorEnabled,
    string? TotpSecret,
    long TotpStep
);

/// <summary>
/// What login reads and writes. An attempt is counted before the password is looked at (<see cref="LoginBudgets"/>), and forgiven when it
/// was right: a thousand guesses at once get no more tries than a thousand in a row.
/// </summary>
public static class Login
{
    public static Task<LoginUser?> Find(NpgsqlConnection db, string email) =>
        db.QuerySingleOrDefaultAsync<LoginUser>(
            """
            select id, email, status, password_hash, security_stamp, coalesce(password_expires_at <= now(), false) as password_expired,
                   two_factor_enabled, totp_secret, totp_step
            from users where normalized_email = upper(@email)
            """,
            new { email }
        );

    public static Task<LoginUser?> Find(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<LoginUser>(
            """
            select id, email, status, password_hash, security_stamp, coalesce(password_expires_at <= now(), false) as password_expired,
                   two_factor_enabled, totp_secret, totp_step from users where id = @id
            """,
            new { id }
        );

    public static Task Succeed(NpgsqlTransaction transaction, long userId) =>
        transaction.Connection!.ExecuteAsync("update users set last_login_at = now() where id = @userId", new { userId }, transaction);

    /// <summary>The browser's time zone, for somebody who has none yet.</summary>
    public static Task ProposeTimeZone(NpgsqlTransaction transaction, long userId, string timeZone) =>
        transaction.Connection!.ExecuteAsync(
            "update users set time_zone = @timeZone where id = @userId and time_zone is null",
            new { userId, timeZone },
            transaction
        );

    /// <summary>A hash of the same password by newer rules; sessions go on.</summary>
    public static Task Rehash(NpgsqlConnection db, long userId, string oldHash, string newHash) =>
        db.ExecuteAsync(
            "update users set password_hash = @newHash where id = @userId and password_hash = @oldHash",
            new
            {
                userId,
                oldHash,
                newHash,
            }
        );

    /// <summary>Takes a code's 30-second step once; false for a step that was taken, or is older than one that was.</summary>
    public static async Task<bool> TakeStep(NpgsqlTransaction transaction, long userId, long step) =>
        await transaction.Connection!.ExecuteAsync(
            "update users set totp_step = @step where id = @userId and totp_step < @step",
            new { userId, step },
            transaction
        ) == 1;
}
