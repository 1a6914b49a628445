using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <summary>Browsers that a user has signed in with. Knowing one opens nothing: it has a budget of wrong passwords of its own.</summary>
public static class KnownBrowsers
{
    /// <summary>Not used for so long, a browser is forgotten.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(180);

    private const int MostOfOneUser = 20;

    /// <summary>Whether the user has signed in with this browser before; then it is kept for longer.</summary>
    public static async Task<bool> Touch(NpgsqlTransaction transaction, long userId, byte[] browser) =>
        await transaction.Connection!.ExecuteAsync(
            "update known_browsers set used_at = now() where user_id = @userId and token_hash = @browser",
            new { userId, browser },
            transaction
        ) == 1;

    /// <summary>The user signs in with this browser for the first time. Of too many, the one that was not used for longest is forgotten.</summary>
    /// <returns>The cookie's text.</returns>
    public static async Task<string> Add(NpgsqlTransaction transaction, long userId)
    {
        var (text, hash) = SessionToken.Create();
        await transaction.Connection!.ExecuteAsync(
            """
            with forgotten as (
                delete from known_browsers where id in (
                    select id from known_browsers where user_id = @userId order by used_at desc, id desc offset @Others)
            )
            insert into known_browsers (user_id, token_hash) values (@userId, @hash)
            """,
            new
            {
                userId,
                hash,
                Others = MostOfOneUser - 1,
            },
            transaction
        );
        return text;
    }
}
