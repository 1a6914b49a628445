using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>Where a step stands, for whoever found nothing to do for it.</summary>
/// <param name="LookAgainAt">For due: when it may run; for running: when its lease ends. Null for any other state.</param>
public sealed record StepStanding(string State, int Attempt, string? LastErrorCode, string? LastError, DateTimeOffset? LookAgainAt)
{
    /// <summary>Null when there is no such step: it was never committed, or forgotten long after it was done.</summary>
    public static Task<StepStanding?> Of(NpgsqlConnection db, long stepId) =>
        db.QuerySingleOrDefaultAsync<StepStanding>(
            """
            select state, attempt, last_error_code, last_error,
                case state when 'due' then run_at when 'running' then lease_expires_at end as look_again_at
            from job_steps where id = @stepId
            """,
            new { stepId }
        );
}
