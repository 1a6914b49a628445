using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <summary>Where a request comes from, as sessions and login attempts keep it.</summary>
/// <param name="UserAgent">At most 300 characters.</param>
/// <param name="Network">As far as failures are counted: the address, or of IPv6 its /64.</param>
/// <param name="Browser">SHA-256 of the cookie of a browser that somebody has signed in with; null where it has none.</param>
public sealed record Visitor(string Address, string UserAgent, string Network, byte[]? Browser);

/// <param name="Idle">Unused for so long, a session ends.</param>
/// <param name="Lifetime">After so long it ends in any case.</param>
public sealed record SessionLimits(TimeSpan Idle, TimeSpan Lifetime);

/// <summary>What a request may do by its session: the session, the user and the user's permissions in one read.</summary>
/// <param name="Status">See <see cref="SessionState"/>; never ended.</param>
/// <param name="SeenLately">Its last use was written less than a minute ago.</param>
/// <param name="ConfirmedLately">This browser gave a password or a code within <see cref="Sessions.Confirmation"/>.</param>
public sealed record LiveSession(long Id, string Status, bool SeenLately, bool ConfirmedLately)
{
    public required SessionUser User { get; init; }
}

/// <param name="TwoFactorRequired">A role of the user's asks for it.</param>
public sealed record SessionUser(
    long Id,
    string Email,
    string DisplayName,
    string TimeZone,
    bool MustChangePassword,
    bool TwoFactorEnabled,
    bool TwoFactorRequired,
    string[] Roles,
    string[] Permissions
);

/// <param name="Status">See <see cref="SessionState"/>.</param>
public sealed record SessionRow(
    long Id,
    string Status,
    bool TwoFactorPassed,
    string RemoteAddress,
    string UserAgent,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset ExpiresAt
);

public static class Sessions
{
    /// <summary>How long a password that was accepted waits for its code.</summary>
    private static readonly TimeSpan CodeWait = TimeSpan.FromMinutes(10);

    /// <summary>So long a password or code is fresh enough for what gives power away.</summary>
    public static readonly TimeSpan Confirmation = TimeSpan.FromMinutes(5);

    /// <param name="awaitsCode">The password was right, the second factor is still to come.</param>
    /// <returns>The cookie's text.</returns>
    public static async Task<string> Open(
        NpgsqlTransaction transaction,
        long userId,
        bool awaitsCode,
        bool twoFactorPassed,
        Visitor visitor,
        SessionLimits limits
    )
    {
        var (text, hash) = SessionToken.Create();
        await transaction.Connection!.ExecuteAsync(
            """
            insert into sessions (
                token_hash, user_id, security_stamp, status, two_factor_passed, remote_address, user_agent, expires_at, confirmed_at)
            select @hash, id, security_stamp, case when @awaitsCode then 'awaiting_code' else 'active' end, @twoFactorPassed,
                   @Address, @UserAgent, now() + @lifetime, case when not @awaitsCode then now() end
            from users where id = @userId
            """,
            new
            {
                hash,
                userId,
                awaitsCode,
                twoFactorPassed,
                visitor.Address,
                visitor.UserAgent,
                lifetime = awaitsCode ? CodeWait : limits.Lifetime,
            },
            transaction
        );
        return text;
    }

    /// <summary>The live session of this cookie, whose user is active and has changed nothing that ends it; else null.</summary>
    public static async Task<LiveSession?> Find(NpgsqlConnection db, string token, TimeSpan idle) =>
        (
            await db.QueryAsync<LiveSession, SessionUser, LiveSession>(
                """
                select s.id, s.status, s.last_seen_at > now() - interval '1 minute' as seen_lately,
                       coalesce(s.confirmed_at > now() - @Confirmation, false) as confirmed_lately,
                       u.id, u.email, u.display_name, coalesce(u.time_zone, 'UTC') as time_zone, u.must_change_password, u.two_factor_enabled,
                       exists (select 1 from user_roles ur join roles r on r.id = ur.role_id
                               where ur.user_id = u.id and r.requires_two_factor) as two_factor_required,
                       array(select r.code from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id) as roles,
                       array(select p.permission_code from user_permissions p where p.user_id = u.id) as permissions
                from sessions s join users u on u.id = s.user_id
                where s.token_hash = @Hash and s.status <> 'ended' and s.expires_at > now() and s.last_seen_at > now() - @idle
                  and u.status = 'active' and u.security_stamp = s.security_stamp
                """,
                (session, user) => session with { User = user },
                new
                {
                    Hash = SessionToken.HashOf(token),
                    idle,
                    Confirmation,
                }
            )
        ).SingleOrDefault();

    /// <summary>Writes the last use, at most once a minute: not one write per request.</summary>
    public static Task Touch(NpgsqlConnection db, long id) =>
        db.ExecuteAsync(
            "update sessions set last_seen_at = now() where id = @id and last_seen_at < now() - interval '1 minute'",
            new { id }
        );

    /// <summary>This browser gave its user's password or code just now.</summary>
    public static Task Confirm(NpgsqlConnection db, long id) =>
        db.ExecuteAsync("update sessions set confirmed_at = now() where id = @id and status = 'active'", new { id });

    /// <summary>Ends one session of a user's. False when it is not theirs or has ended.</summary>
    public static async Task<bool> End(NpgsqlTransaction transaction, long userId, long id) =>
        await transaction.Connection!.ExecuteAsync(
            "update sessions set status = 'ended', ended_at = now() where id = @id and user_id = @userId and status <> 'ended'",
            new { id, userId },
            transaction
        ) == 1;

    /// <summary>Ends the session of this cookie, if there is one.</summary>
    public static Task EndByToken(NpgsqlTransaction transaction, string token) =>
        transaction.Connection!.ExecuteAsync(
            "update sessions set status = 'ended', ended_at = now() where token_hash = @Hash and status <> 'ended'",
            new { Hash = SessionToken.HashOf(token) },
            transaction
        );

    /// <summary>
    /// Ends a user's sessions and links to a new password, and suspends the personal keys: whoever has stolen the one may have stolen the other.
    /// </summary>
    /// <param name="but">The session that goes on; null to end all.</param>
    /// <returns>How many were live and now are not.</returns>
    public static async Task<int> EndAll(NpgsqlTransaction transaction, long userId, long? but = null)
    {
        // A statement sees only what was there when it began: a key that is being made right now is waited for first.
        await transaction.Connection!.ExecuteAsync("select 1 from users where id = @userId for no key update", new { userId }, transaction);
        return await transaction.Connection!.ExecuteAsync(
            """
            with suspended as (
                update api_keys set suspended_at = now(), updated_at = now()
                where owner_id = @userId and suspended_at is null and revoked_at is null
            ), links as (
                update password_resets set expires_at = now() where user_id = @userId and used_at is null and expires_at > now()
            )
            update sessions set status = 'ended', ended_at = now()
            where user_id = @userId and status <> 'ended' and id is distinct from @but
            """,
            new { userId, but },
            transaction
        );
    }

    /// <summary>A user's live sessions, the last used first.</summary>
    public static async Task<IReadOnlyList<SessionRow>> Live(NpgsqlConnection db, long userId, TimeSpan idle) =>
        [
            .. await db.QueryAsync<SessionRow>(
                """
                select s.id, s.status, s.two_factor_passed, s.remote_address, s.user_agent, s.created_at, s.last_seen_at, s.expires_at
                from sessions s join users u on u.id = s.user_id
                where s.user_id = @userId and s.status = 'active' and s.expires_at > now() and s.last_seen_at > now() - @idle
                  and u.security_stamp = s.security_stamp
                order by s.last_seen_at desc, s.id desc
                limit 100
                """,
                new { userId, idle }
            ),
        ];
}
