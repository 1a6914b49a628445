using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

public static class IntakeNote
{
    /// <summary>A line of the panel's own on an order's timeline, for people.</summary>
    public static Task Append(NpgsqlTransaction transaction, long intakeId, string message, string correlationId) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            {Timeline.Append}
            values ('{Timeline.Intake}', @intakeId, now(), 'note', null, null, 'noted', null, @message, null, '{TimelineLine.Panel}', @correlationId)
            """,
            new
            {
                intakeId,
                message,
                correlationId,
            },
            transaction
        );
}
