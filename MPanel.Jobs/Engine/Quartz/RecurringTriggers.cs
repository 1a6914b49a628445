using Quartz;

namespace MPanel.Jobs.Engine.Quartz;

internal static class RecurringTriggers
{
    private const string Group = "recurring";
    private static readonly JobKey Job = new("occurrence", "mpanel");

    /// <summary>Leaves a schedule that hasn't changed alone: storing it again could skip an occurrence that is due right now.</summary>
    public static async Task Replace(IScheduler scheduler, IReadOnlyList<RecurringStep> jobs, CancellationToken cancellationToken)
    {
        await scheduler.AddJob(
            JobBuilder.Create<OccurrenceJob>().WithIdentity(Job).StoreDurably().RequestRecovery().Build(),
            AddJobOptions.Replacing,
            cancellationToken
        );
        foreach (var stored in await scheduler.GetTriggerKeys(GroupMatcher<TriggerKey>.GroupEquals(Group), cancellationToken))
        {
            if (!jobs.Any(j => j.Kind == stored.Name))
                await scheduler.UnscheduleJob(stored, cancellationToken);
        }
        foreach (var job in jobs)
        {
            var trigger = Trigger(job);
            var stored = await scheduler.GetTrigger(trigger.Key, cancellationToken);
            if (stored?.Description != trigger.Description)
                await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
        }
    }

    private static ITrigger Trigger(RecurringStep job) =>
        TriggerBuilder
            .Create()
            .ForJob(Job)
            .WithIdentity(job.Kind, Group)
            .WithDescription($"{job.Cron} {job.TimeZone}")
            .WithSchedule(
                CronScheduleBuilder
                    .Create(job.Cron, CronFormat.Unix)
                    .InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(job.TimeZone))
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)
            )
            .Build();
}
