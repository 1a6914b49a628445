using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>How an attempt ended, or how far it has come.</summary>
/// <param name="Fence">The attempt's number.</param>
/// <param name="State">Running while it goes on.</param>
/// <param name="Step">Steps done by now.</param>
/// <param name="Took">Milliseconds of each step done since the last commit.</param>
/// <param name="Spent">Attempts at the present step.</param>
/// <param name="Delay">For waiting: until the next attempt.</param>
/// <param name="Code">Why; null where nothing failed, as is the reason.</param>
public sealed record AttemptEnd(
    long Id,
    int Fence,
    string State,
    int Step,
    int[] Took,
    int Spent,
    TimeSpan Delay = default,
    string? Code = null,
    string? Reason = null
);

public static class EndAttempt
{
    private const string Update = """
        update outbox
        set state = @State, step = @Step, took = took || @Took, spent = @Spent, due_at = now() + @Delay, code = @Code, reason = @Reason,
            runner = case @State when 'running' then runner end, leased_until = case @State when 'running' then leased_until end,
            done_at = case when @State in ('done', 'cancelled') then now() end, updated_at = now()
        where id = @Id and attempt = @Fence and state = 'running'
        returning id;

        """;

    /// <summary>
    /// The last statement before the commit. False when somebody else has the work by now: nothing changed, and the transaction must not
    /// be committed.
    /// </summary>
    public static async Task<bool> Run(NpgsqlTransaction transaction, AttemptEnd end, JobFace face)
    {
        await using var results = await transaction.Connection!.QueryMultipleAsync(
            end.State == JobState.Running ? Update : Update + ShowJobs.Sql,
            new
            {
                end.Id,
                end.Fence,
                end.State,
                end.Step,
                end.Took,
                end.Spent,
                end.Delay,
                end.Code,
                end.Reason,
                ids = new[] { end.Id },
                face.Invocation,
                face.Titles,
                face.Server,
                face.Lanes,
                note = (string?)null,
            },
            transaction
        );
        return (await results.ReadAsync<long>()).AsList().Count == 1;
    }
}
