using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="InvitedBy">E-mail address of the person, or name of the key.</param>
public sealed record OpenInvitation(long UserId, string Email, string DisplayName, string InvitedBy);

/// <summary>One-time links with which invited users set their first password.</summary>
public static class Invitations
{
    public static readonly TimeSpan Validity = TimeSpan.FromDays(7);

    /// <summary>A new link for a user who is still invited; it ends the one before. Null for anybody else.</summary>
    /// <returns>The link's secret part, which can't be had again.</returns>
    public static async Task<string?> Create(NpgsqlTransaction transaction, long userId, string invitedBy)
    {
        var (text, hash) = SessionToken.Create();
        await transaction.Connection!.ExecuteAsync(
            "delete from user_invitations where user_id = @userId and used_at is null",
            new { userId },
            transaction
        );
        var created = await transaction.Connection!.ExecuteAsync(
            """
            insert into user_invitations (user_id, token_hash, invited_by, expires_at)
            select id, @hash, @invitedBy, now() + @Validity from users where id = @userId and status = 'invited'
            """,
            new
            {
                userId,
                hash,
                invitedBy,
                Validity,
            },
            transaction
        );
        return created == 1 ? text : null;
    }

    public static Task<OpenInvitation?> Find(NpgsqlConnection db, string token) =>
        db.QuerySingleOrDefaultAsync<OpenInvitation>(
            """
            select u.id as user_id, u.email, u.display_name, i.invited_by
            from user_invitations i join users u on u.id = i.user_id
            where i.token_hash = @Hash and i.used_at is null and i.expires_at > now() and u.status = 'invited'
            """,
            new { Hash = SessionToken.HashOf(token) }
        );

    /// <summary>Uses the link up: the user is active with this password. False when somebody was quicker, or the link has ended.</summary>
    public static async Task<bool> Accept(NpgsqlTransaction transaction, string token, string passwordHash, string securityStamp) =>
        await transaction.Connection!.ExecuteAsync(
            """
            with used as (
                update user_invitations set used_at = now()
                where token_hash = @Hash and used_at is null and expires_at > now()
                returning user_id
            )
            update users u
            set status = 'active', password_hash = @passwordHash, security_stamp = @securityStamp, must_change_password = false,
                password_expires_at = null,
                updated_at = now()
            from used where u.id = used.user_id and u.status = 'invited'
            """,
            new
            {
                Hash = SessionToken.HashOf(token),
                passwordHash,
                securityStamp,
            },
            transaction
        ) == 1;
}
