using Dapper;
using Npgsql;

namespace MPanel.Database.Timelines;

/// <param name="Step">See <see cref="TimelineStep"/>.</param>
/// <param name="Outcome">See <see cref="TimelineOutcome"/>.</param>
/// <param name="Actor">A person's, key's or server's name, or <see cref="Panel"/>.</param>
/// <param name="Attempt">Null for what is not an attempt.</param>
/// <param name="TaskId">The provisioning task it is about; null for others.</param>
public sealed record TimelineLine(
    DateTimeOffset At,
    string Step,
    int? Attempt,
    int? DurationMs,
    string Outcome,
    string? Code,
    string? Message,
    string Actor,
    long? TaskId
)
{
    /// <summary>Who did what the panel does by itself.</summary>
    public const string Panel = "system";

    /// <summary>All that happened to an order, in order.</summary>
    public static async Task<IReadOnlyList<TimelineLine>> OfIntake(NpgsqlConnection db, long intakeId) =>
        (
            await db.QueryAsync<TimelineLine>(
                $"""
                select at, step, attempt, duration_ms, outcome, code, message, actor, task_id
                from timeline where subject_kind = '{Timeline.Intake}' and subject_id = @intakeId order by id
                """,
                new { intakeId }
            )
        ).AsList();

    /// <summary>What happened to a website, besides what its orders asked for; the newest first.</summary>
    public static async Task<IReadOnlyList<TimelineLine>> OfWebsite(NpgsqlConnection db, long websiteId, int limit) =>
        (
            await db.QueryAsync<TimelineLine>(
                """
                select at, step, attempt, duration_ms, outcome, code, message, actor, task_id
                from timeline where subject_kind = 'website' and subject_id = @websiteId order by id desc limit @limit
                """,
                new { websiteId, limit }
            )
        ).AsList();
}
