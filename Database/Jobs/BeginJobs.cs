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
    /// <summary>
    /// Takes work off Hangfire's queue and leases it, all in one transaction: what stands in the queue is not begun, and what is begun stands
    /// there no more. Work that stopped and is in the queue all the same was requeued by a person: it begins anew.
    /// </summary>
    public static async Task<IReadOnlyList<BegunJob>> Run(
        NpgsqlConnection db,
        Guid runner,
        TimeSpan lease,
        int most,
        JobFace face,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        var taken = (
            await db.QueryAsync<long>(
                """
                delete from hangfire.jobqueue
                where id in (select id from hangfire.jobqueue where queue = 'outbox' order by id limit @most for update skip locked)
                returning jobid
                """,
                new { most },
                transaction
            )
        ).ToArray();
        if (taken.Length == 0)
            return [];
        var begun = (
            await db.QueryAsync<BegunJob>(
                """
                with taken as (
                    select id, state from outbox
                    where hangfire_id = any(@taken) and state in ('ready', 'waiting', 'stopped')
                    for update
                )
                update outbox o
                set state = 'running', attempt = o.attempt + 1, spent = case taken.state when 'stopped' then 1 else o.spent + 1 end,
                    runner = @runner, leased_until = now() + @lease, updated_at = now()
                from taken
                where o.id = taken.id
                returning o.id, o.kind, o.title, o.payload::text as payload, o.correlation_id, o.step::int as step, o.attempt, o.spent,
                    taken.state as was
                """,
                new
                {
                    taken,
                    runner,
                    lease,
                },
                transaction
            )
        ).AsList();
        // What isn't to be begun is shown as what it is, too: somebody pressed Requeue on a job that runs, or is over.
        await ShowJobs.Run(transaction, begun.Count == taken.Length ? [.. begun.Select(b => b.Id)] : await Ids(transaction, taken), face);
        await transaction.CommitAsync(CancellationToken.None);
        return begun;
    }

    private static async Task<List<long>> Ids(NpgsqlTransaction transaction, long[] taken) =>
        (
            await transaction.Connection!.QueryAsync<long>(
                "select id from outbox where hangfire_id = any(@taken)",
                new { taken },
                transaction
            )
        ).AsList();
}
