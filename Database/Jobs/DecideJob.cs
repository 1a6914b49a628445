using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>Work that a person changed.</summary>
/// <param name="Step">The steps done: the position, from 0, of the one it stands at.</param>
/// <param name="Before">The state it was in.</param>
public sealed record DecidedJobRow(long Id, string Kind, string Title, string Payload, string CorrelationId, int Step, string Before);

/// <summary>What people decide about work; each in the caller's transaction, null when there was nothing to change.</summary>
public static class DecideJob
{
    /// <summary>What stopped is ready again, with all its attempts before it.</summary>
    public static Task<DecidedJobRow?> Resume(NpgsqlTransaction transaction, long id, JobFace face) =>
        Change(transaction, id, JobState.Ready, [JobState.Stopped], face);

    /// <summary>What waits for its next attempt is tried now.</summary>
    public static Task<DecidedJobRow?> Hurry(NpgsqlTransaction transaction, long id, JobFace face) =>
        Change(transaction, id, JobState.Ready, [JobState.Waiting], face);

    /// <summary>Cancels what isn't over. What a running attempt still writes can't be committed; what it did outside stays done.</summary>
    public static Task<DecidedJobRow?> Cancel(NpgsqlTransaction transaction, long id, JobFace face) =>
        Change(transaction, id, JobState.Cancelled, [JobState.Ready, JobState.Running, JobState.Waiting, JobState.Stopped], face);

    private static async Task<DecidedJobRow?> Change(NpgsqlTransaction transaction, long id, string state, string[] from, JobFace face)
    {
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<DecidedJobRow>(
            """
            with found as (select id, state from outbox where id = @id and state = any(@from) for update)
            update outbox o
            set state = @state, spent = 0, due_at = now(), runner = null, leased_until = null, updated_at = now(),
                done_at = case @state when 'cancelled' then now() end
            from found where o.id = found.id
            returning o.id, o.kind, o.title, o.payload::text as payload, o.correlation_id, o.step::int as step, found.state as before
            """,
            new
            {
                id,
                state,
                from,
            },
            transaction
        );
        if (row is not null)
            await ShowJobs.Run(transaction, [id], face);
        return row;
    }
}
