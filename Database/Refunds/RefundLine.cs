using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Refunds;

public static class RefundLine
{
    /// <summary>A line on the timeline of the order that the payment paid; nothing where it paid none.</summary>
    /// <param name="step">See <see cref="TimelineStep"/>.</param>
    public static Task Append(
        NpgsqlTransaction transaction,
        long paymentId,
        string message,
        string actor,
        string correlationId,
        string step = TimelineStep.Refund
    ) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            {Timeline.Append}
            select '{Timeline.Intake}', p.intake_id, now(), @step, null, null, 'done', null, @message, null, @actor, @correlationId
            from payments p where p.id = @paymentId and p.intake_id is not null
            """,
            new
            {
                paymentId,
                message,
                actor,
                correlationId,
                step,
            },
            transaction
        );
}
