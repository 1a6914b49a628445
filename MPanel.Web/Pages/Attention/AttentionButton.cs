using MPanel.Database.Attention;
using MPanel.Jobs.Access;
using MPanel.Jobs.Orders;
using MPanel.Web.Api.Attention;
using MPanel.Web.Pages.Orders;

namespace MPanel.Web.Pages.Attention;

/// <summary>A button of the list.</summary>
/// <param name="Handler">Of the page.</param>
/// <param name="Value">What it is pressed for; null for what is ticked.</param>
/// <param name="Question">Asked before.</param>
/// <param name="Typed">Must be typed as an answer; null where a click will do.</param>
public sealed record AttentionButton(string Handler, string? Value, string Label, string Icon, string Question, string? Typed = null)
{
    public static AttentionButton Of(AttentionRow row, string action)
    {
        var order = row.OrderReference;
        return (row.Kind, action) switch
        {
            (AttentionKind.Tasks, AttentionRules.Retry) => new(
                "RetryTask",
                $"{row.SourceId}",
                "Try again",
                "refresh",
                $"Try task {row.SourceId} again, with all its attempts before it?"
            ),
            (AttentionKind.Tasks, _) => new(
                "CancelTask",
                $"{row.SourceId}",
                "Give up",
                "ban",
                $"Give up {row.Work} of {row.Subject}? The customer has paid for it."
            ),
            (AttentionKind.Websites, AttentionRules.ContentBack) => new(
                "ContentBack",
                $"{row.SourceId}",
                "Files are back",
                "check",
                $"Are the files of {row.Subject} back where it stands now? It leaves this list."
            ),
            (AttentionKind.Websites, _) => new(
                "MergeNames",
                $"{row.SourceId}",
                "Make www an alias",
                "check",
                $"Make www.{row.Subject} an alias of {row.Subject}? The files of {row.Subject} stay. Those of the website www.{row.Subject} are archived, and erased after the grace."
            ),
            (AttentionKind.Jobs, AttentionRules.Retry) => new(
                "RetryJob",
                $"{row.SourceId}",
                "Run again",
                "refresh",
                $"Run job {row.SourceId} again? It has all its attempts before it then."
            ),
            (AttentionKind.Jobs, _) => new(
                "CancelJob",
                $"{row.SourceId}",
                "Give up",
                "ban",
                $"Give up job {row.SourceId}, and what was to follow it? It is not tried again."
            ),
            (AttentionKind.Payments, AttentionRules.Seen) => new(
                "SeenDispute",
                $"{row.SourceId}:{row.Code[AttentionKind.OfDispute.Length..]}",
                "Noted",
                "check",
                $"Take {row.Work} off this list? It comes back when the bank changes its mind. No money moves."
            ),
            (AttentionKind.Payments, AttentionRules.RefundNow) => new(
                "RefundWarned",
                $"{row.SourceId}",
                "Refund now",
                "transfer",
                $"Give back all that is left of the payment of {order ?? row.Subject}? Stripe sends it to where it came from, and a credit note is issued over it. The website goes on."
            ),
            (AttentionKind.Payments, AttentionRules.Dismiss) => new(
                "DismissWarning",
                $"{row.SourceId}",
                "Dismiss",
                "x",
                "Do nothing about this warning? The payment may still be disputed."
            ),
            (_, AttentionRules.AcceptPrices) => new(
                "Accept",
                order,
                "Accept prices",
                "check",
                $"Accept the prices of {order} as they were ordered, and go on?"
            ),
            (_, var decision) when OrderReview.Decisions.Contains(decision) => new(
                "Decide",
                $"{order}:{decision}",
                OrderWords.Decision(decision),
                "check",
                OrderWords.Consequence(decision)
            ),
            (_, AttentionRules.Resume) => new("Resume", order, "Resume", "player-play", $"Let {order} go on where it stopped?"),
            _ => new(
                "CancelJob",
                $"{row.JobId}",
                "Give up",
                "ban",
                $"Give {order} up? It is rejected then, though it may have been paid.",
                order
            ),
        };
    }

    /// <param name="kind">The one that is shown; null when all are.</param>
    public static IReadOnlyList<AttentionButton> ForMany(string? kind, Func<string, bool> may) =>
        kind switch
        {
            AttentionKind.Orders or AttentionKind.Payments when may(Permissions.OrdersManage) =>
            [
                new("Resume", null, "Resume", "player-play", "Let what you have chosen go on where it stopped?"),
            ],
            AttentionKind.Tasks when may(Permissions.ProvisioningRetry) =>
            [
                new("RetryTask", null, "Try again", "refresh", "Try what you have chosen again?"),
                new("CancelTask", null, "Give up", "ban", "Give up what you have chosen? Customers have paid for it."),
            ],
            AttentionKind.Jobs when may(Permissions.JobsManage) =>
            [
                new("RetryJob", null, "Run again", "refresh", "Run what you have chosen again?"),
                new("CancelJob", null, "Give up", "ban", "Give up what you have chosen, and what was to follow it?"),
            ],
            _ => [],
        };
}
