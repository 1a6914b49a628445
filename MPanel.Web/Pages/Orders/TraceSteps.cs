using MPanel.Database.Jobs;
using MPanel.Database.Orders;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;
using MPanel.Database.Websites;

namespace MPanel.Web.Pages.Orders;

/// <summary>The stops of an order's way, from the shop's call to the answering site, out of what the database knows of it.</summary>
public static class TraceSteps
{
    private static readonly (string Step, string Icon)[] Chain =
    [
        (TimelineStep.Payment, "credit-card"),
        (TimelineStep.Customer, "user"),
        (TimelineStep.Order, "shopping-cart"),
        (TimelineStep.Subscriptions, "repeat"),
        (TimelineStep.Invoice, "file-invoice"),
        (TimelineStep.Tasks, "list-check"),
    ];

    /// <summary>Outcomes of an attempt.</summary>
    private static readonly string[] Ends =
    [
        TimelineOutcome.Done,
        TimelineOutcome.Retry,
        TimelineOutcome.NeedsReview,
        TimelineOutcome.Failed,
        TimelineOutcome.Rejected,
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
        var line = trace.Timeline.FirstOrDefault(l => l.Step == TimelineStep.Intake);
        return new TraceStep(
            TimelineStep.Intake,
            OrderWords.Step(TimelineStep.Intake),
            "inbox",
            TraceState.Done,
            $"For {trace.Order.Intake.PaymentIntentId}"
        )
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
        var ended = lines.LastOrDefault(l => l.Outcome != TimelineOutcome.Resumed);
        return new TraceStep(
            step,
            OrderWords.Step(step),
            icon,
            state,
            state == TraceState.Done ? lines.LastOrDefault(l => l.Outcome == TimelineOutcome.Done)?.Message : null
        )
        {
            Attempts = lines.Count(l => Ends.Contains(l.Outcome)) + (job?.State == JobState.Running ? 1 : 0),
            Took = ended?.DurationMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            At = last?.At,
            NextTry = job?.State == JobState.Waiting && job.DueAt > trace.ReadAt ? job.DueAt : null,
            ErrorCode = state == TraceState.Done ? null : job?.Code,
            Error = state == TraceState.Done ? null : job?.Reason,
            Actor = Person(lines.LastOrDefault(l => l.Actor != TimelineLine.Panel)?.Actor),
        };
    }

    /// <summary>Work that is over is deleted one day; the timeline remembers it.</summary>
    private static string State(TracedJob? job, int position, List<TimelineLine> lines) =>
        job switch
        {
            null => lines.Any(l => l.Outcome == TimelineOutcome.Done) ? TraceState.Done : TraceState.Waiting,
            _ when position < job.Step => TraceState.Done,
            { State: JobState.Cancelled } => position == job.Step && lines.Any(l => l.Outcome == TimelineOutcome.Rejected)
                ? TraceState.Rejected
                : TraceState.Cancelled,
            _ when position > job.Step => TraceState.Waiting,
            { State: JobState.Stopped } => lines.LastOrDefault()?.Outcome == TimelineOutcome.Failed
                ? TraceState.Failed
                : TraceState.NeedsReview,
            { State: JobState.Waiting } => TraceState.Retry,
            { State: JobState.Ready } => TraceState.Due,
            _ => job.State,
        };

    private static TraceStep OfTask(OrderTrace trace, TaskFacts task, TimeSpan offlineAfter)
    {
        var last = trace.Attempts.LastOrDefault(a => a.TaskId == task.Id);
        var waitsForTime = task is { Status: TaskState.Pending, LastErrorCode: not null } && task.AvailableAt > task.ReadAt;
        var waiting = WaitingFor.Of(task, offlineAfter);
        var state = task.Status switch
        {
            TaskState.Success => TraceState.Done,
            TaskState.InProgress => TraceState.Running,
            TaskState.Pending when waitsForTime => TraceState.Retry,
            // It is its turn: the next claim of its server takes it.
            TaskState.Pending when waiting == task.ServerName => TraceState.Due,
            TaskState.Pending => TraceState.Waiting,
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
            At = task.FinishedAt ?? (task.Status == TaskState.InProgress ? last?.StartedAt : null),
            NextTry = waitsForTime ? task.AvailableAt : null,
            ErrorCode = state == TraceState.Done ? null : task.LastErrorCode,
            Error = state == TraceState.Done ? null : task.LastError,
            Actor = Person(
                trace.Timeline.LastOrDefault(l => l.TaskId == task.Id && l.Actor != TimelineLine.Panel && l.Actor != task.ServerName)?.Actor
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
            TraceState.Running => $"{task.ServerName} works on it",
            TraceState.Due => $"Next on {task.ServerName}",
            TraceState.Waiting when waiting == WaitingFor.AbleNode(task.Type) =>
                $"Waits for {waiting}: the agent of {task.ServerName}, where it is placed, can't",
            TraceState.Waiting => $"Waits for {waiting}",
            _ => null,
        };

    private static TraceStep OfSite(TracedSite site) =>
        new(
            $"site-{site.Id}",
            site.Domain,
            "world-www",
            site.Status switch
            {
                WebsiteState.Active => TraceState.Done,
                WebsiteState.Pending => TraceState.Waiting,
                _ => site.Status,
            },
            site.Status switch
            {
                WebsiteState.Active => $"Answers on {site.Server}",
                WebsiteState.Pending => "Answers when its hosting is done",
                _ => null,
            }
        )
        {
            Site = $"http://{site.Domain}/",
            SiteId = site.Id,
            ServerId = site.ServerId,
            Server = site.Server,
        };

    private static string? Person(string? actor) => actor is null or TimelineLine.Panel ? null : actor;
}
