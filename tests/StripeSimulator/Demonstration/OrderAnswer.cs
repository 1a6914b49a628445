using System.Text.Json;

namespace MPanel.StripeSimulator.Demonstration;

// What is read of GET /api/public/orders/{reference}. Everything may be absent: a demo shows what there is.
internal sealed record OrderAnswer(
    string? Status,
    string? ReasonCode,
    string? Reason,
    IReadOnlyList<TaskAnswer>? Tasks,
    IReadOnlyList<TimelineAnswer>? Timeline
)
{
    /// <summary>Why the order will not become a site by itself, or null while it may.</summary>
    public string? Failure()
    {
        if (Status is "needs_review" or "rejected" or "refunded" or "cancelled")
            return $"the order is {Status.Replace('_', ' ')}{Because()}";
        var failed = Tasks?.FirstOrDefault(t => t is { Type: "hosting", Status: "failed" or "cancelled" });
        return failed is null
            ? null
            : $"the hosting task {failed.Id} for {failed.Domain} {failed.Status}. Its last word: {LastWord(failed)}";
    }

    public bool HostingIsDone() =>
        Tasks?.Where(t => t.Type == "hosting").ToList() is { Count: > 0 } hosting && hosting.All(t => t.Status == "success");

    public string Because() => (Reason ?? ReasonCode) is { } why ? $": {why}" : ".";

    private string LastWord(TaskAnswer task) =>
        Timeline?.LastOrDefault(l => $"{l.TaskId}" == $"{task.Id}" && l.Message is not null)?.Message ?? "nothing was recorded.";
}

internal sealed record TaskAnswer(JsonElement? Id, string? Type, string? Domain, string? Status, string? Server, string? WaitingFor);

internal sealed record TimelineAnswer(
    DateTimeOffset? At,
    string? Step,
    int? Attempt,
    string? Outcome,
    double? DurationMs,
    string? Code,
    string? Message,
    string? Actor,
    JsonElement? TaskId
);
