using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <summary>Setting up, using and ending two-factor login.</summary>
public static class TwoFactor
{
    /// <summary>Keeps a secret that is not used yet; one that is in use stays. False then.</summary>
    public static async Task<bool> Prepare(NpgsqlConnection db, long userId, string totpSecret) =>
        await db.ExecuteAsync(
            "update users set totp_secret = @totpSecret, totp_step = 0 where id = @userId and not two_factor_enabled",
            new { userId, totpSecret }
        ) == 1;

    /// <summary>Turns it on, after a code of the prepared secret was taken.</summary>
    public static Task Enable(NpgsqlTransaction transaction, long userId, long sessionId) =>
        transaction.Connection!.ExecuteAsync(
            """
            with session as (update sessions set two_factor_passed = true where id = @sessionId and user_id = @userId)
            update users set two_factor_enabled = true, updated_at = now() where id = @userId
            """,
            new { userId, sessionId },
            transaction
        );

    /// <summary>Turns it off and forgets secret and codes. False when it was not on.</summary>
    public static async Task<bool> Disable(NpgsqlTransaction transaction, long userId)
    {
        await transaction.Connection!.ExecuteAsync("delete from recovery_codes where user_id = @userId", new { userId }, transaction);
        return await transaction.Connection!.ExecuteAsync(
                """
                update users set two_factor_enabled = false, totp_secret = null, totp_step = 0, updated_at = now()
                where id = @userId and two_factor_enabled
                """,
                new { userId },
                transaction
            ) == 1;
    }

    /// <summary>New recovery codes instead of all that were.</summary>
    public static Task ReplaceRecoveryCodes(NpgsqlTransaction transaction, long userId, byte[][] hashes) =>
        transaction.Connection!.ExecuteAsync(
            """
            with gone as (delete from recovery_codes where user_id = @userId)
            insert into recovery_codes (user_id, code_hash) select @userId, unnest(@hashes::bytea[])
            """,
            new { userId, hashes },
            transaction
        );

    /// <summary>Uses one recovery code up; false when it is none, or was used.</summary>
    public static async Task<bool> UseRecoveryCode(NpgsqlTransaction transaction, long userId, byte[] hash) =>
        await transaction.Connection!.ExecuteAsync(
            "update recovery_codes set used_at = now() where user_id = @userId and code_hash = @hash and used_at is null",
            new { userId, hash },
            transaction
        ) == 1;

    public static Task<int> RecoveryCodesLeft(NpgsqlConnection db, long userId) =>
        db.ExecuteScalarAsync<int>("select count(*)::int from recovery_codes where user_id = @userId and used_at is null", new { userId });
}
