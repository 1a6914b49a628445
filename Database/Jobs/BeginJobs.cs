using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>Work that this process has begun.</summary>
/// <param name="Step">The steps done: the position, from 0, of the one to run.</param>
/// <param name="Attempt">The fence: every commit names it.</param>
/// <param name="Spent">Attempts at this step, from 1, this one included.</param>
/// <param name="Was">The state it was in. Ready with more than one attempt spent: the process of the attempt before died.</param>
public sealed record BegunJob(
    long Id,
    string Kind,
    string Title,
    string Payload,
    string CorrelationId,
    int Step,
    int Attempt,
    int Spent,
    string Was
)
{
    public bool LeaseLost => Was == JobState.Ready && Spent > 1;
}

public static class BeginJobs
{
    private sealed record Taken(long Id, string Was);

    /// <summary>
    /// Takes work off Hangfire's queue and leases it, all in one transaction: what stands in the queue is not begun, and what is begun stands
    /// there no more. Work that stopped and is in the queue all the same was requeued by a person: it begins anew.
    /// </summary>
    public static Task<IReadOnlyList<BegunJob>> Run(
        NpgsqlConnection db,
        Guid runner,
        TimeSpan lease,
        int most,
        JobFace face,
        CancellationToken cancellationToken
    ) => Run(db, runner, lease, most, JobFace.Queue, face, cancellationToken);

    /// <inheritdoc cref="Run(NpgsqlConnection,Guid,TimeSpan,int,JobFace,CancellationToken)"/>
    /// <param name="queue">Whose work is taken. Hangfire's own poller puts everything into the common queue: it is looked for there, too.</param>
    public static async Task<IReadOnlyList<BegunJob>> Run(
        NpgsqlConnection db,
        Guid runner,
        TimeSpan lease,
        int most,
        string queue,
        JobFace face,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        // Nothing is waited for: whoever decides about work locks its row first, and its place in the queue after that.
        var taken = (
            await db.QueryAsync<Taken>(
                """
                with taken as materialized (
                    select q.id as place, o.id, o.state
                    from hangfire.jobqueue q join outbox o on o.hangfire_id = q.jobid
                    where q.queue in ('outbox', @queue) and coalesce(@Lanes::jsonb ->> o.kind, 'outbox') = @queue
                    order by q.id
                    limit @most
                    for update of q, o skip locked
                ), dequeued as (
                    delete from hangfire.jobqueue q using taken where q.id = taken.place
                )
                select distinct id, state as was from taken
                """,
                new
                {
                    most,
                    queue,
                    face.Lanes,
                },
                transaction
            )
        ).AsList();
        if (taken.Count == 0)
            return [];
        var begun = (
            await db.QueryAsync<BegunJob>(
                """
                with was as (select * from unnest(@ids, @states) as w (id, state))
                update outbox o
                set state = 'running', attempt = o.attempt + 1, spent = case was.state when 'stopped' then 1 else o.spent + 1 end,
                    runner = @runner, leased_until = now() + @lease, updated_at = now()
                from was
                where o.id = was.id and was.state in ('ready', 'waiting', 'stopped')
                returning o.id, o.kind, o.title, o.payload::text as payload, o.correlation_id, o.step::int as step, o.attempt, o.spent, was.state as was
                """,
                new
                {
                    ids = taken.Select(t => t.Id).ToArray(),
                    states = taken.Select(t => t.Was).ToArray(),
                    runner,
                    lease,
                },
                transaction
            )
        ).AsList();
        // What isn't to be begun is shown as what it is, too: somebody pressed Requeue on a job that runs, or is over.
        await ShowJobs.Run(transaction, [.. taken.Select(t => t.Id)], face);
        await transaction.CommitAsync(CancellationToken.None);
        return begun;
    }

    /// <summary>Whether anything stands in the queue: asked by those whom nobody told.</summary>
    public static Task<bool> Any(NpgsqlConnection db, string queue, JobFace face) =>
        queue == JobFace.Queue
            ? db.ExecuteScalarAsync<bool>("select exists (select from hangfire.jobqueue where queue = 'outbox')")
            : db.ExecuteScalarAsync<bool>(
                """
                select exists (
                    select from hangfire.jobqueue q join outbox o on o.hangfire_id = q.jobid
                    where q.queue in ('outbox', @queue) and @Lanes::jsonb ->> o.kind = @queue
                )
                """,
                new { queue, face.Lanes }
            );
}
