using System.Text.Json;
using MPanel.Database.Jobs;
using MPanel.Database.Refunds;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>Brings a refund that was asked for here to Stripe.</summary>
public sealed class RefundChain : IChain
{
    public const string ChainKind = "stripe.refund";

    public string Kind => ChainKind;

    public IReadOnlyList<string> Steps => [ChainKind];

    /// <summary>Stripe may have made the refund, and its money is held until that is known.</summary>
    public bool MayBeCancelled => false;

    /// <summary>The refund's own row and the order's timeline say what became of it.</summary>
    public Task Record(NpgsqlTransaction transaction, ChainJob job, IReadOnlyList<StepEvent> events, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <param name="subject">Number of the invoice, or reference of the order, for the dashboard.</param>
    public static NewJob Job(RequestedRefund refund, string subject, string correlationId) =>
        new(
            $"refund:{refund.Id}",
            ChainKind,
            "refund",
            refund.Id,
            $"{subject}, {Money.Text(refund.Amount, refund.Currency)}",
            correlationId,
            JsonSerializer.Serialize(new { refundId = refund.Id })
        );
}
