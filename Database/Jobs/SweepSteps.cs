using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>A step for the engine to carry.</summary>
public sealed record SweptStep(long Id, string Kind, string Subject, DateTimeOffset RunAt);

public static class SweepSteps
{
    /// <summary>
    /// Takes what should be in the engine's hands and isn't: due and never dispatched, dispatched too long ago, or running under a lease
    /// that has run out. Several processes may sweep at once: each row goes to one of them.
    /// </summary>
    /// <param name="grace">How long whoever made a step due has to dispatch it himself.</param>
    /// <param name="redispatch">How long the engine has to start what it was given.</param>
    public static async Task<IReadOnlyList<SweptStep>> Run(
        NpgsqlConnection db,
        TimeSpan grace,
        TimeSpan redispatch,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var swept = await db.QueryAsync<SweptStep>(
            new CommandDefinition(
                """
                with due as (
                    select id from job_steps
                    where state = 'due' and run_at <= now()
                      and (dispatched_at is null and updated_at <= now() - @grace or dispatched_at <= now() - @redispatch)
                    order by run_at
                    limit @limit
                    for update skip locked
                ), lost as (
                    select id from job_steps
                    where state = 'running' and lease_expires_at <= now()
                      and (dispatched_at is null or dispatched_at <= now() - @redispatch)
                    order by lease_expires_at
                    limit @limit
                    for update skip locked
                )
                update job_steps s
                set dispatched_at = now()
                from (select id from due union all select id from lost) picked, job_chains c
                where s.id = picked.id and c.id = s.chain_id
                returning s.id, s.kind, c.subject, s.run_at
                """,
                new
                {
                    grace,
                    redispatch,
                    limit,
                },
                cancellationToken: cancellationToken
            )
        );
        return [.. swept.OrderBy(s => s.RunAt).ThenBy(s => s.Id)];
    }
}
