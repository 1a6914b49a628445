using MPanel.Database.Jobs;
using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Jobs;

/// <summary>The pages of Jobs, and below them the states that are looked at every day; the list's own filter has them all.</summary>
public static class JobTabs
{
    /// <param name="current">Title of a tab.</param>
    /// <param name="tasks">Whether the viewer may see provisioning tasks.</param>
    public static IReadOnlyList<PageTab> Of(string current, StateCounts counts, bool tasks)
    {
        PageTab[] all =
        [
            Tab("Jobs", "/jobs", counts.Failed),
            .. tasks ? new[] { Tab("Tasks", "/jobs/tasks", counts.FailedTasks) } : [],
            Tab("Recurring", "/jobs/recurring"),
            Tab("Workers", "/jobs/workers"),
        ];
        return all;

        PageTab Tab(string title, string link, long failed = 0) =>
            new(title, link, title == current, failed == 0 ? null : $"{Text(failed)} failed");
    }

    /// <param name="current">A state of the list of jobs; null for all. One that is seldom asked for is shown while it is.</param>
    /// <param name="tasks">Whether the viewer may see provisioning tasks.</param>
    public static IReadOnlyList<PageTab> States(string? current, StateCounts counts, bool tasks)
    {
        return
        [
            new("All", "/jobs", current is null),
            State("Failed", "failed", counts.Failed),
            State("Processing", "running", counts.Running),
            State("Enqueued", "enqueued", counts.Enqueued),
            State("Scheduled", "scheduled", counts.Scheduled),
            State("Succeeded", "done", counts.Done),
            .. current switch
            {
                "waiting" => new[] { State("Waiting", "waiting", counts.Waiting) },
                "cancelled" => [State("Cancelled", "cancelled", counts.Cancelled)],
                "due" => [State("Due", "due", counts.Enqueued + counts.Scheduled)],
                _ => [],
            },
            .. tasks ? new[] { FailedTasks(current: false, counts) } : [],
        ];

        PageTab State(string title, string state, long count) => new(title, $"/jobs?state={state}", current == state, Text(count));
    }

    /// <param name="current">A status of the list of tasks; null for all.</param>
    public static IReadOnlyList<PageTab> TaskStates(string? current, StateCounts counts) =>
        [new("All", "/jobs/tasks", current is null), FailedTasks(current == "failed", counts)];

    private static PageTab FailedTasks(bool current, StateCounts counts) =>
        new("Failed tasks", "/jobs/tasks?status=failed", current, Text(counts.FailedTasks));

    private static string Text(long count) => count > StateCounts.Most ? $"{StateCounts.Most:N0}+" : $"{count:N0}";
}
