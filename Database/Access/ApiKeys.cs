using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Valid">Neither revoked nor expired.</param>
/// <param name="TouchedRecently">Its last use was written less than a minute ago.</param>
public sealed record ApiKeyRow(long Id, string Name, byte[] SecretHash, string[] Scopes, bool Valid, bool TouchedRecently);

public static class ApiKeys
{
    public static Task<ApiKeyRow?> Find(NpgsqlConnection db, string prefix) =>
        db.QuerySingleOrDefaultAsync<ApiKeyRow>(
            """
            select id, name, secret_hash, scopes,
                   revoked_at is null and (expires_at is null or expires_at > now()) as valid,
                   coalesce(last_used_at > now() - interval '1 minute', false) as touched_recently
            from api_keys where prefix = @prefix
            """,
            new { prefix }
        );

    /// <summary>Writes the last use, at most once a minute per key: not one write per request.</summary>
    public static Task Touch(NpgsqlConnection db, long id) =>
        db.ExecuteAsync(
            """
            with unhurried as (select set_config('synchronous_commit', 'off', true))
            update api_keys set last_used_at = now() from unhurried
            where id = @id and (last_used_at is null or last_used_at < now() - interval '1 minute')
            """,
            new { id }
        );

    /// <param name="createdBy">Who made it, as the audit log names them.</param>
    /// <returns>The key's text, which can't be had again.</returns>
    public static async Task<string> Create(
        NpgsqlConnection db,
        string name,
        string[] scopes,
        DateTimeOffset? expiresAt,
        string createdBy = "command line",
        NpgsqlTransaction? transaction = null
    )
    {
        var (stored, text) = BearerSecret.Create("mpk");
        await db.ExecuteAsync(
            """
            insert into api_keys (name, prefix, secret_hash, scopes, expires_at, created_by)
            values (@name, @Prefix, @Hash, @scopes, @expiresAt, @createdBy)
            """,
            new
            {
                name,
                stored.Prefix,
                stored.Hash,
                scopes,
                expiresAt,
                createdBy,
            },
            transaction
        );
        return text;
    }

    /// <returns>How many valid keys of that name are now revoked.</returns>
    public static Task<int> Revoke(NpgsqlConnection db, string name) =>
        db.ExecuteAsync(
            "update api_keys set revoked_at = now(), updated_at = now() where name = @name and revoked_at is null",
            new { name }
        );
}
