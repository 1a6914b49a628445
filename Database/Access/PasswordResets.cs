using Dapper;
using MPanel.Database.Emails;
using Npgsql;

namespace MPanel.Database.Access;

/// <summary>Whose a link is.</summary>
public sealed record OpenReset(long UserId, string Email);

/// <summary>One-time links with which somebody who forgot their password sets another one.</summary>
public static class PasswordResets
{
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(60);

    /// <summary>Links of one account within an hour. Whoever asks for more has these in their mailbox, or is somebody else.</summary>
    public const int MostInAnHour = 3;

    private sealed record Account(long Id, string Email);

    /// <summary>
    /// Queues a link to an active user who has had few enough; nothing for anybody else. Whoever asked gets the same answer either way.
    /// </summary>
    /// <param name="token">The link's secret part, hashed here.</param>
    /// <param name="sealedLink">The link, encrypted.</param>
    /// <returns>Whose account it is; null for nobody's.</returns>
    public static async Task<long?> Ask(NpgsqlTransaction transaction, string email, string token, string sealedLink, string correlationId)
    {
        var db = transaction.Connection!;
        // Whoever asks twice at once comes one after the other, and is counted.
        var account = await db.QuerySingleOrDefaultAsync<Account>(
            """
            select id, email from users
            where normalized_email = upper(@email) and status = 'active' and password_hash is not null for no key update
            """,
            new { email },
            transaction
        );
        var made = await db.ExecuteScalarAsync<long?>(
            """
            with made as (
                insert into password_resets (user_id, token_hash, expires_at)
                select id, @hash, now() + @Validity from users
                where id = @Id
                  and (select count(*) from password_resets r where r.user_id = users.id and r.created_at > now() - interval '1 hour') < @MostInAnHour
                returning id
            ), ended as (
                -- Those before it; whoever asks too often ends nobody's link.
                update password_resets set expires_at = now()
                where user_id = @Id and used_at is null and expires_at > now() and exists (select from made)
            )
            select id from made
            """,
            new
            {
                account?.Id,
                hash = SessionToken.HashOf(token),
                Validity,
                MostInAnHour,
            },
            transaction
        );
        if (account is not null && made is { } id)
            await QueueEmail.Staff(
                transaction,
                new StaffEmail(
                    EmailTemplateCode.PasswordReset,
                    account.Id,
                    $"{id}",
                    System.Text.Json.JsonSerializer.Serialize(new { email = account.Email }),
                    correlationId,
                    sealedLink
                )
            );
        return account?.Id;
    }

    /// <summary>Null when the link was used, has ended, or is nobody's.</summary>
    public static Task<OpenReset?> Find(NpgsqlConnection db, string token) =>
        db.QuerySingleOrDefaultAsync<OpenReset>(
            """
            select u.id as user_id, u.email
            from password_resets r join users u on u.id = r.user_id
            where r.token_hash = @Hash and r.used_at is null and r.expires_at > now() and u.status = 'active'
            """,
            new { Hash = SessionToken.HashOf(token) }
        );

    /// <summary>
    /// Uses the link up: the user has this password, every session of theirs ends, and their personal keys are suspended. Two-factor login
    /// stays as it is. False when somebody was quicker, or the link has ended.
    /// </summary>
    public static async Task<bool> Use(NpgsqlTransaction transaction, string token, string passwordHash, string securityStamp)
    {
        var db = transaction.Connection!;
        var user = await db.ExecuteScalarAsync<long?>(
            """
            with used as (
                update password_resets set used_at = now()
                where token_hash = @Hash and used_at is null and expires_at > now()
                returning user_id
            )
            update users u
            set password_hash = @passwordHash, security_stamp = @securityStamp, must_change_password = false, password_expires_at = null,
                updated_at = now()
            from used where u.id = used.user_id and u.status = 'active'
            returning u.id
            """,
            new
            {
                Hash = SessionToken.HashOf(token),
                passwordHash,
                securityStamp,
            },
            transaction
        );
        if (user is not { } id)
            return false;
        await Sessions.EndAll(transaction, id);
        await LoginBudgets.Clear(transaction, id);
        // Whoever knew the old password may have signed in with a browser of theirs.
        await db.ExecuteAsync("delete from known_browsers where user_id = @id", new { id }, transaction);
        return true;
    }
}
