using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Allowed">There is such a user, and they are not locked out.</param>
public sealed record BegunAttempt(long Id, bool Allowed);

/// <summary>Every attempt to get in, whoever made it.</summary>
public static class LoginAttempts
{
    private const int LongestEmail = 254;

    /// <param name="outcome">
    /// <c>signed_in</c>, <c>password_accepted</c> (the code is still to come), <c>unknown_user</c>, <c>not_active</c>,
    /// <c>wrong_password</c>, <c>wrong_code</c>, <c>locked_out</c> or <c>password_expired</c>.
    /// </param>
    public static Task Record(
        NpgsqlConnection db,
        string email,
        long? userId,
        string outcome,
        Visitor visitor,
        NpgsqlTransaction? transaction = null
    ) =>
        db.ExecuteAsync(
            """
            insert into login_attempts (email, user_id, outcome, remote_address, user_agent)
            values (@email, @userId, @outcome, @Address, @UserAgent)
            """,
            new
            {
                email = Kept(email),
                userId,
                outcome,
                visitor.Address,
                visitor.UserAgent,
            },
            transaction
        );

    /// <summary>
    /// Writes a password's attempt down as failed, before the password is looked at, and takes one of the user's attempts with it. One
    /// statement, one commit, whether or not there is such a user: how long a refusal takes must not tell.
    /// </summary>
    /// <param name="userId">Null where nobody has this address.</param>
    public static Task<BegunAttempt> Begin(NpgsqlConnection db, string email, long? userId, Visitor visitor) =>
        db.QuerySingleAsync<BegunAttempt>(
            $"""
            with {LoginBudgets.Source}, taken as ({LoginBudgets.Taking} returning 1)
            insert into login_attempts (email, user_id, outcome, remote_address, user_agent)
            select @email, @userId,
                   case when @userId::bigint is null then 'unknown_user' when exists (select from taken) then 'wrong_password' else 'locked_out' end,
                   @Address, @UserAgent
            returning id, outcome = 'wrong_password' as allowed
            """,
            Attempt(email, userId, visitor)
        );

    /// <summary>What came of an attempt that did not simply fail.</summary>
    /// <param name="outcome">As for <see cref="Record"/>.</param>
    public static Task Decide(NpgsqlConnection db, long id, string outcome, NpgsqlTransaction? transaction = null) =>
        db.ExecuteAsync("update login_attempts set outcome = @outcome where id = @id", new { id, outcome }, transaction);

    private static DynamicParameters Attempt(string email, long? userId, Visitor visitor)
    {
        var parameters = new DynamicParameters(LoginBudgets.Parameters(userId, visitor, code: false));
        parameters.AddDynamicParams(
            new
            {
                email = Kept(email),
                visitor.Address,
                visitor.UserAgent,
            }
        );
        return parameters;
    }

    /// <summary>What the column takes of what was typed: no control characters, and no half of a surrogate pair, whole or cut.</summary>
    private static string Kept(string email) => new([.. email.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(LongestEmail)]);

    /// <summary>
    /// Forgets attempts that are older, and sessions that ended that long ago; browsers that nobody used for longer than they are kept, and
    /// failures that count no more. At most so many of each at a time.
    /// </summary>
    /// <returns>How many rows went.</returns>
    public static Task<long> Prune(NpgsqlConnection db, TimeSpan keep, int limit, CancellationToken cancellationToken) =>
        db.ExecuteScalarAsync<long>(
            new CommandDefinition(
                """
                with attempts as (
                    delete from login_attempts
                    where id in (select id from login_attempts where at < now() - @keep order by at limit @limit)
                    returning 1
                ), gone as (
                    delete from sessions
                    where id in (select id from sessions where expires_at < now() - @keep order by expires_at limit @limit)
                    returning 1
                ), browsers as (
                    delete from known_browsers
                    where id in (select id from known_browsers where used_at < now() - @Kept order by used_at limit @limit)
                    returning 1
                ), budgets as (
                    delete from login_budgets b using (
                        select user_id, source from login_budgets where failed_at < now() - interval '1 day' order by failed_at limit @limit
                    ) old
                    where b.user_id = old.user_id and b.source = old.source and b.failed_at < now() - interval '1 day'
                    returning 1
                )
                select (select count(*) from attempts) + (select count(*) from gone) + (select count(*) from browsers)
                     + (select count(*) from budgets)
                """,
                new
                {
                    keep,
                    limit,
                    KnownBrowsers.Kept,
                },
                cancellationToken: cancellationToken
            )
        );
}
