using Quartz;

namespace MPanel.Jobs.Engine.Quartz;

/// <summary>Starts an occurrence of the recurring job its trigger is named for.</summary>
internal sealed class OccurrenceJob(Occurrences occurrences) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await occurrences.Start(context.Trigger.Key.Name, context.ScheduledFireTimeUtc ?? context.FireTimeUtc, cancellationToken);
}
