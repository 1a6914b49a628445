using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>Brings back what nobody has in hand. Several processes may sweep at once: each row goes to one.</summary>
public static class SweepJobs
{
    /// <summary>Work whose process died, or was held up for longer than its lease, is ready again, the attempt counted. Returns how many.</summary>
    public static Task<int> Lost(NpgsqlConnection db, JobFace face, int most, CancellationToken cancellationToken) =>
        Bring(
            db,
            """
            with lost as (
                select id from outbox where state = 'running' and leased_until <= now()
                order by leased_until limit @most for update skip locked
            )
            update outbox o set state = 'ready', runner = null, leased_until = null, due_at = now(), updated_at = now()
            from lost where o.id = lost.id
            returning o.id
            """,
            face,
            most,
            cancellationToken
        );

    /// <summary>Work that was to be tried again, and whose time has come, goes into the queue. Returns how many.</summary>
    public static Task<int> Due(NpgsqlConnection db, JobFace face, int most, CancellationToken cancellationToken) =>
        Bring(
            db,
            """
            select o.id from outbox o
            where o.state = 'waiting' and o.due_at <= now() and o.hangfire_id is not null
              and not exists (select from hangfire.jobqueue q where q.jobid = o.hangfire_id)
            order by o.due_at limit @most for update skip locked
            """,
            face,
            most,
            cancellationToken
        );

    /// <summary>Ready work that stands in no queue, whatever took it out of there. Looked for seldom: there is none. Returns how many.</summary>
    public static Task<int> Stray(NpgsqlConnection db, JobFace face, int most, CancellationToken cancellationToken) =>
        Bring(
            db,
            """
            select o.id from outbox o
            where o.state = 'ready' and o.due_at < now() - interval '1 minute' and o.hangfire_id is not null
              and not exists (select from hangfire.jobqueue q where q.jobid = o.hangfire_id)
            order by o.due_at limit @most for update skip locked
            """,
            face,
            most,
            cancellationToken
        );

    /// <summary>Places in the queue of work that is no more. Looked for seldom, too. Returns how many there were.</summary>
    public static Task<int> Orphans(NpgsqlConnection db, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            new CommandDefinition(
                """
                delete from hangfire.jobqueue q
                where q.queue in ('outbox', 'mail') and not exists (select from outbox o where o.hangfire_id = q.jobid)
                """,
                cancellationToken: cancellationToken
            )
        );

    private static async Task<int> Bring(NpgsqlConnection db, string sql, JobFace face, int most, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        var ids = (
            await db.QueryAsync<long>(new CommandDefinition(sql, new { most }, transaction, cancellationToken: cancellationToken))
        ).AsList();
        if (ids.Count == 0)
            return 0;
        await ShowJobs.Run(transaction, ids, face);
        await transaction.CommitAsync(CancellationToken.None);
        return ids.Count;
    }
}
