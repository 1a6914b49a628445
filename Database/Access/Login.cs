using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Status"><c>invited</c>, <c>active</c> or <c>disabled</c>.</param>
/// <param name="TotpSecret">Encrypted.</param>
public sealed record LoginUser(
    long Id,
    string Email,
    string Status,
    string? PasswordHash,
    string SecurityStamp,
    bool TwoFactorEnabled,
    string? TotpSecret,
    long TotpStep
);

/// <summary>
/// What login reads and writes. An attempt is counted before the password is looked at, and forgiven when it was right: a thousand
/// guesses at once get no more tries than a thousand in a row.
/// </summary>
public static class Login
{
    /// <summary>Failures in a row that lock nothing yet.</summary>
    public const int FreeAttempts = 5;

    public static Task<LoginUser?> Find(NpgsqlConnection db, string email) =>
        db.QuerySingleOrDefaultAsync<LoginUser>(
            """
            select id, email, status, password_hash, security_stamp, two_factor_enabled, totp_secret, totp_step
            from users where normalized_email = upper(@email)
            """,
            new { email }
        );

    public static Task<LoginUser?> Find(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<LoginUser>(
            """
            select id, email, status, password_hash, security_stamp, two_factor_enabled, totp_secret, totp_step from users where id = @id
            """,
            new { id }
        );

    /// <summary>
    /// From the fifth failure in a row on, each locks for twice as long as the one before: one minute, two, four, up to a quarter of an hour.
    /// No row while locked.
    /// </summary>
    internal const string Taking = """
        update users
        set access_failed_count = access_failed_count + 1,
            lockout_end = case when access_failed_count + 1 >= @FreeAttempts
                then now() + least(interval '1 minute' * power(2, least(access_failed_count + 1 - @FreeAttempts, 10)), interval '15 minutes')
                end
        where id = @userId and (lockout_end is null or lockout_end <= now())
        """;

    /// <summary>Takes one attempt of somebody whose password was accepted. False while locked.</summary>
    public static async Task<bool> TakeAttempt(NpgsqlConnection db, long userId) =>
        await db.ExecuteAsync(Taking, new { userId, FreeAttempts }) == 1;

    /// <summary>The attempt was right, and the code is still to come: only this attempt is forgiven, or guessing codes would be free.</summary>
    public static Task ForgiveAttempt(NpgsqlTransaction transaction, long userId) =>
        transaction.Connection!.ExecuteAsync(
            "update users set access_failed_count = greatest(access_failed_count - 1, 0), lockout_end = null where id = @userId",
            new { userId },
            transaction
        );

    /// <summary>The user is in: all failures are forgiven.</summary>
    public static Task Succeed(NpgsqlTransaction transaction, long userId) =>
        transaction.Connection!.ExecuteAsync(
            "update users set access_failed_count = 0, lockout_end = null, last_login_at = now() where id = @userId",
            new { userId },
            transaction
        );

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
