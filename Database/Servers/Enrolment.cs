using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MPanel.Database.Access;
using Npgsql;

namespace MPanel.Database.Servers;

/// <param name="Server">Name of the server.</param>
/// <param name="Token">The bearer token, which can't be had again.</param>
/// <param name="Ended">How many tokens of the server ended with it.</param>
public sealed record EnrolledServer(long ServerId, string Server, string Token, int Ended);

/// <summary>How an agent gets its server's token: with a code that an admin was shown, once.</summary>
public static class Enrolment
{
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);

    private const string Kind = "mpe_";

    /// <summary>Two, so that a new token can be taken into use before the old one ends.</summary>
    private const int ValidTokens = 2;

    /// <returns>The code, which can't be had again (256 random bits); null when there is no server of that name, or it has left.</returns>
    /// <param name="endsOthers">The tokens that the server has end when its agent enrols with the code.</param>
    public static async Task<string?> CreateCode(NpgsqlConnection db, string server, bool endsOthers = false)
    {
        var code = Kind + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var created = await db.ExecuteAsync(
            """
            insert into server_enrolments (server_id, code_hash, expires_at, ends_others)
            select id, @Hash, now() + @Validity, @endsOthers from servers
            where name = @server and state <> 'retired'
            """,
            new
            {
                server,
                Hash = HashOf(code),
                Validity,
                endsOthers,
            }
        );
        return created == 1 ? code : null;
    }

    /// <summary>
    /// Makes a token of a code, once; the server's oldest token ends when it would be the third, or all do where the code says so. Null for a code that is
    /// unknown, used or expired, or whose server has left: which of these is nobody's business outside.
    /// </summary>
    public static async Task<EnrolledServer?> Redeem(NpgsqlConnection db, string code)
    {
        await using var transaction = await db.BeginTransactionAsync();
        var server = await db.QuerySingleOrDefaultAsync<(long Id, string Name, bool EndsOthers)?>(
            """
            with redeemed as (
                update server_enrolments set used_at = now()
                where code_hash = @Hash and used_at is null and expires_at > now()
                returning server_id, ends_others
            )
            select s.id, s.name, r.ends_others from servers s join redeemed r on r.server_id = s.id
            """,
            new { Hash = HashOf(code) },
            transaction
        );
        if (server is not { } enrolled)
            return null;
        // Two codes of one server redeemed at once must count each other's tokens.
        var state = await db.ExecuteScalarAsync<string>(
            "select state from servers where id = @Id for no key update",
            new { enrolled.Id },
            transaction
        );
        if (state == ServerState.Retired)
            return null;
        var (stored, text) = BearerSecret.Create("mps");
        var ended = await db.ExecuteScalarAsync<int>(
            """
            with newest as (
                select id from server_tokens where server_id = @Id and revoked_at is null order by id desc limit @Others
            ), revoked as (
                update server_tokens set revoked_at = now()
                where server_id = @Id and revoked_at is null and id not in (select id from newest)
                returning 1
            ), made as (
                insert into server_tokens (server_id, prefix, secret_hash) values (@Id, @Prefix, @SecretHash)
            )
            select count(*)::int from revoked
            """,
            new
            {
                enrolled.Id,
                Others = enrolled.EndsOthers ? 0 : ValidTokens - 1,
                stored.Prefix,
                SecretHash = stored.Hash,
            },
            transaction
        );
        await transaction.CommitAsync();
        return new EnrolledServer(enrolled.Id, enrolled.Name, text, ended);
    }

    private static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
