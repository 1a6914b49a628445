using MPanel.Database.Payments;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>Looks into an event of Stripe's.</summary>
public sealed class StripeEventChain : IChain
{
    public string Kind => ReceiveStripeEvents.Kind;

    public IReadOnlyList<string> Steps => [ReceiveStripeEvents.Kind];

    /// <summary>The event's own row says what it did.</summary>
    public Task Record(NpgsqlTransaction transaction, ChainJob job, IReadOnlyList<StepEvent> events, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}
