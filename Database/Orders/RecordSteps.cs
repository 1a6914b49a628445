using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>A line of an order's timeline.</summary>
/// <param name="Step">Such as <c>payment</c>.</param>
/// <param name="Outcome">One of the timeline's outcomes.</param>
/// <param name="Code">For all but done and resumed: why.</param>
public sealed record StepLine(
    DateTimeOffset At,
    string Step,
    int Attempt,
    int DurationMs,
    string Outcome,
    string? Code,
    string? Message,
    string Actor
);

public static class RecordSteps
{
    /// <summary>
    /// Writes the lines, in order, and moves the intake by the last of them, in one statement. The intake is only written when it changes:
    /// steps done in the middle of an undisturbed order cost no update.
    /// </summary>
    /// <param name="intakeStatus">The state the intake takes on.</param>
    public static Task Run(
        NpgsqlTransaction transaction,
        long intakeId,
        string correlationId,
        string intakeStatus,
        IReadOnlyList<StepLine> lines
    )
    {
        var last = lines[^1];
        return transaction.Connection!.ExecuteAsync(
            $"""
            with moved as (
                update order_intakes
                set status = @intakeStatus,
                    reason_code = case when @Outcome in ('done', 'resumed') then null else @Code end,
                    reason = case when @Outcome in ('done', 'resumed') then null else @Message end,
                    updated_at = now()
                where id = @intakeId and status in ('received', 'processing', 'needs_review')
                  and (status <> @intakeStatus or reason_code is not null or @Outcome not in ('done', 'resumed'))
            ), reviewed as (
                update orders set status = case when @intakeStatus = 'needs_review' then 'needs_review' else 'paid' end, updated_at = now()
                where intake_id = @intakeId
                  and ((@intakeStatus = 'needs_review' and status in ('paid', 'provisioning'))
                    or (@resumed and status = 'needs_review'))
            )
            {Timeline.Append}
            select '{Timeline.Intake}', @intakeId, l.at, l.step, l.attempt, l.duration, l.outcome, l.code, l.message, null, l.actor,
                   @correlationId
            from unnest(@at, @steps, @attempts, @durations, @outcomes, @codes, @messages, @actors)
                with ordinality as l (at, step, attempt, duration, outcome, code, message, actor, n)
            order by l.n
            """,
            new
            {
                intakeId,
                correlationId,
                intakeStatus,
                last.Outcome,
                last.Code,
                last.Message,
                resumed = lines.Any(l => l.Outcome == TimelineOutcome.Resumed),
                at = lines.Select(l => l.At.UtcDateTime).ToArray(),
                steps = lines.Select(l => l.Step).ToArray(),
                attempts = lines.Select(l => l.Attempt).ToArray(),
                durations = lines.Select(l => l.DurationMs).ToArray(),
                outcomes = lines.Select(l => l.Outcome).ToArray(),
                codes = lines.Select(l => l.Code).ToArray(),
                messages = lines.Select(l => l.Message).ToArray(),
                actors = lines.Select(l => l.Actor).ToArray(),
            },
            transaction
        );
    }
}
