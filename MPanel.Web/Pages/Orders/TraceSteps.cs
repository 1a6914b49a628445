using MPanel.Database.Jobs;
using MPanel.Database.Orders;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;

namespace MPanel.Web.Pages.Orders;

/// <summary>The stops of an order's way, from the shop's call to the answering site, out of what the database knows of it.</summary>
public static class TraceSteps
{
    private static readonly (string Step, string Icon)[] Chain =
    [
        ("payment", "credit-card"),
        ("customer", "user"),
        ("order", "shopping-cart"),
        ("subscriptions", "repeat"),
        ("invoice", "file-invoice"),
        ("tasks", "list-check"),
    ];

    /// <param name="offlineAfter">A server that was not heard of for longer counts as offline.</param>
    public static IReadOnlyList<TraceStep> Of(OrderTrace trace, TimeSpan offlineAfter) =>
        [
            Received(trace),
            .. Chain.Select((c, position) => OfChain(trace, position, c.Step, c.Icon)),
            .. trace.Tasks.Select(t => OfTask(trace, t, offlineAfter)),
            .. trace.Sites.Select(OfSite),
        ];

    private static TraceStep Received(OrderTrace trace)
    {
        var line = trace.Timeline.FirstOrDefault(l => l.Step == "intake");
        return new TraceStep("intake", OrderWords.Step("intake"), "inbox", "done", $"For {trace.Order.Intake.PaymentIntentId}")
        {
            At = trace.Order.Intake.CreatedAt,
            Actor = line?.Actor,
        };
    }

    private static TraceStep OfChain(OrderTrace trace, int position, string step, string icon)
    {
        // The work as far as it stands at this step.
        var job = trace.Job is { } work && work.Step == position ? work : null;
        var lines = trace.Timeline.Where(l => l.Step == step).ToList();
        var last = lines.LastOrDefault();
        var state = State(trace.Job, position, lines);
        var ended = lines.LastOrDefault(l => l.Outcome != "resumed");
        return new TraceStep(
            step,
            OrderWords.Step(step),
            icon,
            state,
            state == "done" ? lines.LastOrDefault(l => l.Outcome == "done")?.Message : null
        )
        {
            Attempts =
                lines.Count(l => l.Outcome is "done" or "retry" or "needs_review" or "failed" or "rejected")
                + (job?.State == JobState.Running ? 1 : 0),
            Took = ended?.DurationMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            At = last?.At,
            NextTry = job?.State == JobState.Waiting && job.DueAt > trace.ReadAt ? job.DueAt : null,
            ErrorCode = state == "done" ? null : job?.Code,
            Error = state == "done" ? null : job?.Reason,
            Actor = Person(lines.LastOrDefault(l => l.Actor != "system")?.Actor),
        };
    }

    /// <summary>Work that is over is deleted one day; the timeline remembers it.</summary>
    private static string State(TracedJob? job, int position, List<TimelineLine> lines) =>
        job switch
        {
            null => lines.Any(l => l.Outcome == "done") ? "done" : "waiting",
            _ when position < job.Step => "done",
            { State: JobState.Cancelled } => position == job.Step && lines.Any(l => l.Outcome == "rejected") ? "rejected" : "cancelled",
            _ when position > job.Step => "waiting",
            { State: JobState.Stopped } => lines.LastOrDefault()?.Outcome == "failed" ? "failed" : "needs_review",
            { State: JobState.Waiting } => "retry",
            { State: JobState.Ready } => "due",
            _ => job.State,
        };

    private static TraceStep OfTask(OrderTrace trace, TaskFacts task, TimeSpan offlineAfter)
    {
        var last = trace.Attempts.LastOrDefault(a => a.TaskId == task.Id);
        var waitsForTime = task is { Status: "pending", LastErrorCode: not null } && task.AvailableAt > task.ReadAt;
        var waiting = WaitingFor.Of(task, offlineAfter);
        var state = task.Status switch
        {
            "success" => "done",
            "in_progress" => "running",
            "pending" when waitsForTime => "retry",
            // It is its turn: the next claim of its server takes it.
            "pending" when waiting == task.ServerName => "due",
            "pending" => "waiting",
            _ => task.Status,
        };
        return new TraceStep(
            $"task-{task.Id}",
            $"{OrderWords.Task(task.Type)} of {task.Domain}{Product(trace, task)}",
            "hammer",
            state,
            TaskText(task, state, waiting)
        )
        {
            Attempts = task.Attempt,
            Took = last is { FinishedAt: { } finished } ? finished - last.StartedAt : null,
            At = task.FinishedAt ?? (task.Status == "in_progress" ? last?.StartedAt : null),
            NextTry = waitsForTime ? task.AvailableAt : null,
            ErrorCode = state == "done" ? null : task.LastErrorCode,
            Error = state == "done" ? null : task.LastError,
            Actor = Person(
                trace.Timeline.LastOrDefault(l => l.TaskId == task.Id && l.Actor != "system" && l.Actor != task.ServerName)?.Actor
            ),
            TaskId = task.Id,
            ServerId = task.ServerId,
            Server = task.ServerName,
        };
    }

    /// <summary>Two products of one order may ask for the same of the same domain.</summary>
    private static string Product(OrderTrace trace, TaskFacts task) =>
        trace.Subscriptions.FirstOrDefault(s => s.Id == task.SubscriptionId) is { } subscription ? $": {subscription.Product}" : "";

    private static string? TaskText(TaskFacts task, string state, string? waiting) =>
        state switch
        {
            "running" => $"{task.ServerName} works on it",
            "due" => $"Next on {task.ServerName}",
            "waiting" when waiting == WaitingFor.AbleNode(task.Type) =>
                $"Waits for {waiting}: the agent of {task.ServerName}, where it is placed, can't",
            "waiting" => $"Waits for {waiting}",
            _ => null,
        };

    private static TraceStep OfSite(TracedSite site) =>
        new(
            $"site-{site.Id}",
            site.Domain,
            "world-www",
            site.Status switch
            {
                "active" => "done",
                "pending" => "waiting",
                _ => site.Status,
            },
            site.Status switch
            {
                "active" => $"Answers on {site.Server}",
                "pending" => "Answers when its hosting is done",
                _ => null,
            }
        )
        {
            Site = $"http://{site.Domain}/",
            SiteId = site.Id,
            ServerId = site.ServerId,
            Server = site.Server,
        };

    private static string? Person(string? actor) => actor is null or "system" ? null : actor;
}
