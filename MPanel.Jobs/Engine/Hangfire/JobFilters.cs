using Hangfire;
using Hangfire.Common;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>
/// The filters of every job here, instead of Hangfire's global ones: no automatic retry, which would multiply the steps' own schedules,
/// no continuations, no cultures.
/// </summary>
public sealed class JobFilters(StepOutcomes outcomes) : IJobFilterProvider
{
    private readonly JobFilter[] _filters =
    [
        new(outcomes, JobFilterScope.Global, 0),
        new(new StatisticsHistoryAttribute(), JobFilterScope.Global, 1),
    ];

    public IEnumerable<JobFilter> GetFilters(Job job) => _filters;
}
