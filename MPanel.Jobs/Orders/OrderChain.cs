using System.Text.Json;
using MPanel.Database.Orders;
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

    /// <summary>Every end of an attempt becomes a line of the order's timeline and, where it matters, the intake's state.</summary>
    public Task Record(NpgsqlTransaction transaction, StepEvent stepEvent, CancellationToken cancellationToken)
    {
        var (outcome, status) = stepEvent.Outcome switch
        {
            "done" => ("done", stepEvent.ChainFinished ? "completed" : "processing"),
            "resumed" => ("resumed", "processing"),
            "retry" => ("retry", "processing"),
            "given_up" when stepEvent.Code == PaymentStep.Cancelled => ("rejected", "rejected"),
            "given_up" => ("failed", "needs_review"),
            "cancelled" => ("cancelled", "rejected"),
            "review" => ("needs_review", "needs_review"),
            _ => throw new ArgumentOutOfRangeException(nameof(stepEvent), stepEvent.Outcome, "Unknown outcome"),
        };
        var line = new StepLine(
            IntakeId(stepEvent.Payload),
            stepEvent.Kind[(ChainKind.Length + 1)..],
            stepEvent.Attempt,
            (int)stepEvent.Duration.TotalMilliseconds,
            outcome,
            status,
            stepEvent.Code ?? (outcome == "cancelled" ? "cancelled" : null),
            stepEvent.NextRunAt is { } next
                ? $"{stepEvent.Message} Next try at {next.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."
                : stepEvent.Message,
            stepEvent.Actor,
            stepEvent.CorrelationId
        );
        return RecordStep.Run(transaction, line);
    }

    public async Task<IReadOnlyDictionary<string, ChainAbout>> About(
        NpgsqlConnection db,
        IReadOnlyCollection<string> payloads,
        CancellationToken cancellationToken
    )
    {
        var intakes = payloads.Distinct().ToDictionary(IntakeId);
        var labels = await IntakeLabels.Run(db, [.. intakes.Keys], cancellationToken);
        return labels.ToDictionary(
            l => intakes[l.Id],
            l => new ChainAbout(
                l.CustomerEmail,
                new Dictionary<string, string> { ["Order"] = l.Reference, ["PaymentIntent"] = l.PaymentIntentId }
            )
        );
    }
}
