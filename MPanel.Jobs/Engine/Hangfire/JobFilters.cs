using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using MPanel.Database.Jobs;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>
/// The filters of every job here, instead of Hangfire's global ones: no continuations, no cultures. Recurring jobs that fail are tried again;
/// work of the outbox has schedules of its own, and so have the tasks that twins stand for.
/// </summary>
public sealed class JobFilters : IJobFilterProvider
{
    private static readonly JobFilter Statistics = new(new StatisticsHistoryAttribute(), JobFilterScope.Global, 1);
    private static readonly JobFilter[] OfTheOutbox = [new(new OwnQueue(), JobFilterScope.Global, 0), Statistics];
    private static readonly JobFilter[] OfOthers = [Statistics];
    private static readonly JobFilter[] OfRecurring =
    [
        new(
            new AutomaticRetryAttribute
            {
                Attempts = 5,
                DelaysInSeconds = [1, 5, 30, 120, 480],
                LogEvents = false,
            },
            JobFilterScope.Global,
            0
        ),
        Statistics,
    ];

    public IEnumerable<JobFilter> GetFilters(Job job) =>
        job?.Type == typeof(OutboxJob) ? OfTheOutbox
        : job?.Type == typeof(RecurringJobs) ? OfRecurring
        : OfOthers;

    /// <summary>Whoever enqueues such a job, Hangfire's own poller of scheduled ones too, enqueues it where the engine takes it from.</summary>
    private sealed class OwnQueue : IElectStateFilter
    {
        public void OnStateElection(ElectStateContext context)
        {
            if (context.CandidateState is EnqueuedState enqueued)
                enqueued.Queue = JobFace.Queue;
        }
    }
}
