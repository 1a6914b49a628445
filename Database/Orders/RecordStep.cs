using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>A line of the order's timeline that also moves the intake.</summary>
/// <param name="Step">Such as <c>payment</c>.</param>
/// <param name="Outcome">One of order_timeline's outcomes.</param>
/// <param name="IntakeStatus">The state the intake takes on.</param>
/// <param name="Code">For all but done and resumed: why.</param>
public sealed record StepLine(
    long IntakeId,
    string Step,
    int Attempt,
    int DurationMs,
    string Outcome,
    string IntakeStatus,
    string? Code,
    string? Message,
    string Actor,
    string CorrelationId
);

public static class RecordStep
{
    /// <summary>
    /// Writes the line and moves the intake in one statement. The intake is only written when it changes: a step done in the
    /// middle of an undisturbed chain costs no update.
    /// </summary>
    public static Task Run(NpgsqlTransaction transaction, StepLine line) =>
        transaction.Connection!.ExecuteAsync(
            """
            with moved as (
                update order_intakes
                set status = @IntakeStatus,
                    reason_code = case when @Outcome in ('done', 'resumed') then null else @Code end,
                    reason = case when @Outcome in ('done', 'resumed') then null else @Message end,
                    updated_at = now()
                where id = @IntakeId
                  and (status in ('received', 'processing', 'needs_review') or (status = 'rejected' and @Outcome = 'resumed'))
                  and (status <> @IntakeStatus or reason_code is not null or @Outcome not in ('done', 'resumed'))
                returning id, status
            ), reviewed as (
                update orders set status = case when @IntakeStatus = 'needs_review' then 'needs_review' else 'paid' end, updated_at = now()
                where intake_id = @IntakeId
                  and ((@IntakeStatus = 'needs_review' and status in ('paid', 'provisioning'))
                    or (@Outcome = 'resumed' and status = 'needs_review'))
            )
            insert into order_timeline (intake_id, step, attempt, duration_ms, outcome, code, message, actor, correlation_id)
            values (@IntakeId, @Step, @Attempt, @DurationMs, @Outcome, @Code, @Message, @Actor, @CorrelationId)
            """,
            line,
            transaction
        );
}
