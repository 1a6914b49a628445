using MPanel.Database.Servers;
using MPanel.Jobs.Engine;

namespace MPanel.Jobs.Servers;

/// <summary>Every hour: makes hours of the minutes that servers reported, and forgets what is too old.</summary>
public sealed class MetricsStep : IStep
{
    public const string StepKind = "servers.metrics";

    public string Kind => StepKind;
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var transaction = await step.Begin(cancellationToken);
        var rolledUp = await RollUpMetrics.Run(transaction);
        return new StepVerdict.Done($"{rolledUp.Hours} hours kept, {rolledUp.Forgotten} rows forgotten.");
    }
}
