using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <summary>
/// How many wrong passwords and codes are taken, by account and by where they come from: so that guessing locks out the guesser, and
/// not the owner. A browser that the account has signed in with before has a budget of its own. A budget forgets one failure every
/// quarter of an hour.
/// </summary>
public static class LoginBudgets
{
    /// <summary>Failures in a row that lock nothing yet.</summary>
    public const int FreeAttempts = 5;

    /// <summary>
    /// Codes are counted for the whole account: whoever guesses them has the password already, and from many networks the six digits would
    /// soon be found. Known browsers stay apart.
    /// </summary>
    private const string Codes = "codes";

    /// <summary>Which budget an attempt is taken from, as the only row of a common table expression.</summary>
    internal const string Source = """
        source as (
            select coalesce(
                (select 'browser ' || b.id from known_browsers b where b.user_id = @userId and b.token_hash = @Browser::bytea), @Elsewhere
            ) as name
        )
        """;

    // Of two at once the later may have written the earlier moment: what is not past forgives nothing, and counts nothing twice.
    private const string Failures =
        "greatest(b.failures - floor(greatest(extract(epoch from now() - b.failed_at), 0) / 900)::integer, 0) + 1";

    /// <summary>
    /// From the fifth failure on, each locks for twice as long as the one before: one minute, two, four, up to a quarter of an hour. No row
    /// while locked.
    /// </summary>
    internal const string Taking = $"""
        insert into login_budgets as b (user_id, source, failures)
        select @userId, source.name, 1 from source where @userId::bigint is not null
        on conflict (user_id, source) do update
        set failures = {Failures}, failed_at = now(),
            locked_until = case when {Failures} >= @FreeAttempts
                then now() + least(interval '1 minute' * power(2, least({Failures} - @FreeAttempts, 10)), interval '15 minutes')
                end
        where b.locked_until is null or b.locked_until <= now()
        """;

    internal static object Parameters(long? userId, Visitor visitor, bool code) =>
        new
        {
            userId,
            visitor.Browser,
            Elsewhere = code ? Codes : $"network {visitor.Network}",
            FreeAttempts,
        };

    /// <summary>Takes one attempt of somebody whose password was accepted. False while locked.</summary>
    /// <param name="code">A code is tried, and no password.</param>
    public static async Task<bool> Take(NpgsqlConnection db, long userId, Visitor visitor, bool code) =>
        await db.ExecuteAsync($"with {Source} {Taking}", Parameters(userId, visitor, code)) == 1;

    /// <summary>The attempt was right: this one alone is forgiven, where something is still to come.</summary>
    /// <param name="code">As it was taken.</param>
    public static Task Forgive(NpgsqlTransaction transaction, long userId, Visitor visitor, bool code) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            with {Source}
            update login_budgets b set failures = greatest(b.failures - 1, 0), locked_until = null
            from source where b.user_id = @userId and b.source = source.name
            """,
            Parameters(userId, visitor, code),
            transaction
        );

    /// <summary>The user is in, from here: what failed here before is forgiven, and so are codes. What fails elsewhere is not.</summary>
    public static Task Settle(NpgsqlTransaction transaction, long userId, Visitor visitor) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            with {Source}
            delete from login_budgets b using source
            where b.user_id = @userId and b.source in (source.name, 'network ' || @Network, @Codes)
            """,
            new
            {
                userId,
                visitor.Browser,
                visitor.Network,
                Elsewhere = Codes,
                Codes,
            },
            transaction
        );

    /// <summary>Everything is forgiven, wherever it came from.</summary>
    public static Task Clear(NpgsqlTransaction transaction, long userId) =>
        transaction.Connection!.ExecuteAsync("delete from login_budgets where user_id = @userId", new { userId }, transaction);
}
