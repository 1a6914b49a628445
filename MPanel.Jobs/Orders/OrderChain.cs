using System.Text.Json;
using MPanel.Database.Orders;
using MPanel.Database.Timelines;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>The sacred path, see docs/blueprint.md: from a received order to provisioning tasks.</summary>
public sealed class OrderChain : IChain
{
    public const string ChainKind = "order";

    public string Kind => ChainKind;

    public IReadOnlyList<string> Steps { get; } =
    [PaymentStep.StepKind, CustomerStep.StepKind, OrderStep.StepKind, SubscriptionsStep.StepKind, InvoiceStep.StepKind, TasksStep.StepKind];

    /// <summary>The intake every step of this chain is about.</summary>
    public static long IntakeId(string payload)
    {
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.GetProperty("intakeId").GetInt64();
    }

    /// <summary>
    /// What is written from the payment to the invoice is one commit: nobody can use the half of it. The tasks are a commit of their own, for
    /// the series of invoice numbers is locked until the invoice is committed.
    /// </summary>
    public bool CommitsAfter(string step) => step is InvoiceStep.StepKind or TasksStep.StepKind;

    /// <summary>Every end of an attempt becomes a line of the order's timeline and, where it matters, the intake's state.</summary>
    public Task Record(NpgsqlTransaction transaction, ChainJob job, IReadOnlyList<StepEvent> events, CancellationToken cancellationToken)
    {
        var status = events[^1].Outcome switch
        {
            StepOutcome.Done when job.Finished => IntakeState.Completed,
            StepOutcome.Done or StepOutcome.Resumed or StepOutcome.Retry => IntakeState.Processing,
            StepOutcome.Review or StepOutcome.GivenUp => IntakeState.NeedsReview,
            StepOutcome.Closed or StepOutcome.Cancelled => IntakeState.Rejected,
            var other => throw new ArgumentOutOfRangeException(nameof(events), other, "Unknown outcome"),
        };
        return RecordSteps.Run(transaction, IntakeId(job.Payload), job.CorrelationId, status, [.. events.Select(Line)]);
    }

    private static StepLine Line(StepEvent step)
    {
        var outcome = step.Outcome switch
        {
            StepOutcome.Review => TimelineOutcome.NeedsReview,
            StepOutcome.GivenUp => TimelineOutcome.Failed,
            StepOutcome.Closed => TimelineOutcome.Rejected,
            var same => same,
        };
        return new StepLine(
            step.At,
            step.Kind[(ChainKind.Length + 1)..],
            step.Attempt,
            (int)step.Duration.TotalMilliseconds,
            outcome,
            step.Code ?? (outcome == TimelineOutcome.Cancelled ? "cancelled" : null),
            step.NextRunAt is { } next ? $"{step.Message} Next try at {next.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC." : step.Message,
            step.Actor
        );
    }
}
