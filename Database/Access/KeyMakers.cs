using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="UserId">In whose name the maker acts; null for a service key.</param>
/// <param name="ExpiresAt">When the maker itself ends: what a key makes ends no later. Null for a person, or for never.</param>
public sealed record KeyMaker(long? UserId, DateTimeOffset? ExpiresAt);

/// <summary>
/// Who makes a key. The user is held before any key is, as <see cref="Sessions.EndAll"/> does it: whoever is shut out meanwhile either finds
/// the new key there and suspends it, or was first, and then it is not made.
/// </summary>
public static class KeyMakers
{
    /// <returns>Null when the session has ended.</returns>
    public static async Task<KeyMaker?> HoldUser(NpgsqlTransaction transaction, long userId, long? sessionId)
    {
        var db = transaction.Connection!;
        await db.ExecuteAsync("select 1 from users where id = @userId for share", new { userId }, transaction);
        return await db.QuerySingleOrDefaultAsync<KeyMaker>(
            """
            select u.id as user_id, null::timestamptz as expires_at
            from sessions s join users u on u.id = s.user_id
            where s.id = @sessionId and u.id = @userId and s.status = 'active' and u.status = 'active' and u.security_stamp = s.security_stamp
            """,
            new { userId, sessionId },
            transaction
        );
    }

    /// <summary>The key that asks is not revoked before the transaction ends, so that what it makes is revoked with it.</summary>
    /// <param name="rotated">Another key that nobody else changes until then: both in one order, or two keys that rotate each other would
    /// wait for each other.</param>
    /// <returns>Null when it does not stand any more.</returns>
    public static async Task<KeyMaker?> HoldKey(NpgsqlTransaction transaction, long id, long? rotated)
    {
        var db = transaction.Connection!;
        await db.ExecuteAsync(
            "select 1 from users where id = (select owner_id from api_keys where id = @id) for share",
            new { id },
            transaction
        );
        if (rotated is not null)
            await db.ExecuteAsync(
                "select 1 from api_keys where id in (@id, @rotated) order by id for no key update",
                new { id, rotated },
                transaction
            );
        return await db.QuerySingleOrDefaultAsync<KeyMaker>(
            """
            select owner_id as user_id, expires_at from api_keys
            where id = @id and revoked_at is null and suspended_at is null and (expires_at is null or expires_at > now())
            for share
            """,
            new { id },
            transaction
        );
    }
}
