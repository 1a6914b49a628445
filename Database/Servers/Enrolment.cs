using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MPanel.Database.Access;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="Server">Name of the server.</param>
/// <param name="Token">The bearer token, which can't be had again.</param>
public sealed record EnrolledServer(long ServerId, string Server, string Token);

/// <summary>How an agent gets its server's token: with a code that an admin was shown, once.</summary>
public static class Enrolment
{
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);

    private const string Kind = "mpe_";

    /// <summary>Two, so that a new token can be taken into use before the old one ends.</summary>
    private const int ValidTokens = 2;

    /// <returns>The code, which can't be had again (256 random bits); null when there is no server of that name.</returns>
    public static async Task<string?> CreateCode(NpgsqlConnection db, string server)
    {
        var code = Kind + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var created = await db.ExecuteAsync(
            """
            insert into server_enrolments (server_id, code_hash, expires_at)
            select id, @Hash, now() + @Validity from servers where name = @server
            """,
            new
            {
                server,
                Hash = HashOf(code),
                Validity,
            }
        );
        return created == 1 ? code : null;
    }

    /// <summary>
    /// Makes a token of a code, once; the server's oldest token ends when it would be the third. Null for a code that is
    /// unknown, used or expired: which of these is nobody's business outside.
    /// </summary>
    public static async Task<EnrolledServer?> Redeem(NpgsqlConnection db, string code)
    {
        await using var transaction = await db.BeginTransactionAsync();
        var server = await db.QuerySingleOrDefaultAsync<(long Id, string Name)?>(
            """
            with redeemed as (
                update server_enrolments set used_at = now()
                where code_hash = @Hash and used_at is null and expires_at > now()
                returning server_id
            )
            select s.id, s.name from servers s join redeemed r on r.server_id = s.id
            """,
            new { Hash = HashOf(code) },
            transaction
        );
        if (server is not { } enrolled)
            return null;
        // Two codes of one server redeemed at once must count each other's tokens.
        await db.ExecuteAsync("select 1 from servers where id = @Id for no key update", new { enrolled.Id }, transaction);
        var (stored, text) = BearerSecret.Create("mps");
        await db.ExecuteAsync(
            """
            with newest as (
                select id from server_tokens where server_id = @Id and revoked_at is null order by id desc limit @Others
            ), revoked as (
                update server_tokens set revoked_at = now()
                where server_id = @Id and revoked_at is null and id not in (select id from newest)
            )
            insert into server_tokens (server_id, prefix, secret_hash) values (@Id, @Prefix, @SecretHash)
            """,
            new
            {
                enrolled.Id,
                Others = ValidTokens - 1,
                stored.Prefix,
                SecretHash = stored.Hash,
            },
            transaction
        );
        await transaction.CommitAsync();
        return new EnrolledServer(enrolled.Id, enrolled.Name, text);
    }

    private static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
