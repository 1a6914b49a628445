using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class MarkDispatched
{
    /// <summary>The engine has these, so the sweep needn't hurry. Touches only what hasn't been started meanwhile: usually nothing.</summary>
    public static Task<int> Run(NpgsqlConnection db, long[] stepIds, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            new CommandDefinition(
                """
                update job_steps set dispatched_at = now()
                where id in (
                    select id from job_steps where id = any(@stepIds) and state = 'due' and dispatched_at is null for update skip locked
                )
                """,
                new { stepIds },
                cancellationToken: cancellationToken
            )
        );
}
