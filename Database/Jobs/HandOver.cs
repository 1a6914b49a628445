using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class HandOver
{
    /// <summary>
    /// Gives Hangfire what it doesn't have: new work, and everything that isn't over after Hangfire's schema was lost. Several processes may
    /// do it at once: each row goes to one. Returns how many there were.
    /// </summary>
    public static async Task<int> Run(NpgsqlConnection db, JobFace face, int most, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        var ids = await db.QueryAsync<long>(
            """
            with missing as (
                select id from outbox
                where hangfire_id is null and done_at is null
                  and (state = 'ready' and due_at <= now() or state in ('waiting', 'stopped'))
                order by id
                limit @most
                for update skip locked
            )
            update outbox o set hangfire_id = nextval('hangfire.job_id_seq') from missing where o.id = missing.id
            returning o.id
            """,
            new { most },
            transaction
        );
        var handed = ids.AsList();
        if (handed.Count == 0)
            return 0;
        await ShowJobs.Run(transaction, handed, face);
        await transaction.CommitAsync(CancellationToken.None);
        return handed.Count;
    }

    /// <summary>When Hangfire's schema was made anew, in the transaction of that: no number of the old one means anything.</summary>
    public static async Task Forget(NpgsqlConnection db)
    {
        // A server may be started before the database was migrated: it says that it isn't ready.
        if (await db.ExecuteScalarAsync<bool>("select to_regclass('outbox') is not null"))
            await db.ExecuteAsync("update outbox set hangfire_id = null, shown = step where hangfire_id is not null or shown < step");
    }
}
