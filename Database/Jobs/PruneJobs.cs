using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class PruneJobs
{
    /// <summary>Deletes work that has been over for so long. Never what stopped. Returns how many rows.</summary>
    public static Task<int> Run(NpgsqlConnection db, TimeSpan rested, int limit, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            new CommandDefinition(
                """
                delete from outbox
                where id in (
                    select id from outbox where done_at < now() - @rested and shown = step order by done_at limit @limit for update skip locked
                )
                """,
                new { rested, limit },
                cancellationToken: cancellationToken
            )
        );
}
