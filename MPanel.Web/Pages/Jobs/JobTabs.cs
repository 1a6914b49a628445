using MPanel.Database.Jobs;
using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Jobs;

public static class JobTabs
{
    /// <param name="current">A state of the list, <c>all</c>, <c>tasks</c>, <c>failed tasks</c>, <c>recurring</c> or <c>workers</c>.</param>
    /// <param name="tasks">Whether the viewer may see provisioning tasks.</param>
    public static IReadOnlyList<PageTab> Of(string current, StateCounts counts, bool tasks) =>
        [
            new("Enqueued", "/jobs?state=enqueued", current == "enqueued", Text(counts.Enqueued)),
            new("Scheduled", "/jobs?state=scheduled", current == "scheduled", Text(counts.Scheduled)),
            new("Waiting", "/jobs?state=waiting", current == "waiting", Text(counts.Waiting)),
            new("Processing", "/jobs?state=running", current == "running", Text(counts.Running)),
            new("Succeeded", "/jobs?state=done", current == "done", Text(counts.Done)),
            new("Failed", "/jobs?state=failed", current == "failed", Text(counts.Failed)),
            new("Cancelled", "/jobs?state=cancelled", current == "cancelled", Text(counts.Cancelled)),
            .. tasks
                ? new PageTab[]
                {
                    new("Tasks", "/jobs/tasks", current == "tasks"),
                    new("Failed tasks", "/jobs/tasks?status=failed", current == "failed tasks", Text(counts.FailedTasks)),
                }
                : [],
            new("All", "/jobs", current == "all"),
            new("Recurring", "/jobs/recurring", current == "recurring"),
            new("Workers", "/jobs/workers", current == "workers"),
        ];

    private static string Text(long count) => count > StateCounts.Most ? $"{StateCounts.Most:N0}+" : $"{count:N0}";
}
