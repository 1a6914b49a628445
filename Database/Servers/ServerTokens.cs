using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="Valid">Neither it nor its server has ended.</param>
/// <param name="Retired">Its server has left for good.</param>
public sealed record ServerToken(long Id, long ServerId, string ServerName, byte[] SecretHash, bool Valid, bool Retired);

/// <param name="Token">As it is now.</param>
/// <param name="Revoked">This ended it: it was valid before.</param>
public sealed record RevokedToken(AgentToken Token, bool Revoked);

public static class ServerTokens
{
    public static Task<ServerToken?> Find(NpgsqlConnection db, string prefix) =>
        db.QuerySingleOrDefaultAsync<ServerToken>(
            """
            select t.id, t.server_id, s.name as server_name, t.secret_hash, t.revoked_at is null and s.state <> 'retired' as valid,
                   s.state = 'retired' as retired
            from server_tokens t join servers s on s.id = t.server_id
            where t.prefix = @prefix
            """,
            new { prefix }
        );

    /// <returns>How many tokens of the server were valid and now are not.</returns>
    public static Task<int> RevokeAll(NpgsqlConnection db, string server) =>
        db.ExecuteAsync(
            """
            update server_tokens t set revoked_at = now()
            from servers s where s.id = t.server_id and s.name = @server and t.revoked_at is null
            """,
            new { server }
        );

    /// <returns>Null when the server has no such token.</returns>
    public static async Task<RevokedToken?> Revoke(NpgsqlTransaction transaction, long serverId, long tokenId)
    {
        var revoked = await transaction.Connection!.ExecuteAsync(
            "update server_tokens set revoked_at = now() where id = @tokenId and server_id = @serverId and revoked_at is null",
            new { serverId, tokenId },
            transaction
        );
        var token = await transaction.Connection!.QuerySingleOrDefaultAsync<AgentToken>(
            "select id, prefix, created_at, last_used_at, revoked_at from server_tokens where id = @tokenId and server_id = @serverId",
            new { serverId, tokenId },
            transaction
        );
        return token is null ? null : new RevokedToken(token, revoked == 1);
    }
}
