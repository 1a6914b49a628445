using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class MarkDispatched
{
    /// <summary>
    /// The engine has these, so the sweep needn't hurry. Touches only what hasn't been started meanwhile: usually nothing. A step that
    /// was tried and waits for its next attempt is due again, but nobody has dispatched that: marking it would hide it from the sweep.
    /// </summary>
    public static Task<int> Run(NpgsqlConnection db, long[] stepIds, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            new CommandDefinition(
                """
                update job_steps set dispatched_at = now()
                where id in (
                    select id from job_steps where id = any(@stepIds) and state = 'due' and attempt = 0 and dispatched_at is null for update skip locked
                )
                """,
                new { stepIds },
                cancellationToken: cancellationToken
            )
        );
}
