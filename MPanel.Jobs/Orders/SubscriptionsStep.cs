using MPanel.Database.Subscriptions;
using MPanel.Jobs.Engine;

namespace MPanel.Jobs.Orders;

/// <summary>Sacred path, see docs/blueprint.md. One subscription per recurring item.</summary>
public sealed class SubscriptionsStep(TimeProvider time) : IStep
{
    public const string StepKind = "order.subscriptions";

    public string Kind => StepKind;
    public string Title => "Subscriptions";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var transaction = await step.Begin(cancellationToken);
        var created = await CreateSubscriptions.Run(transaction, OrderChain.IntakeId(step.Payload), time.GetUtcNow());
        return new StepVerdict.Done($"{created} subscription(s)");
    }
}
