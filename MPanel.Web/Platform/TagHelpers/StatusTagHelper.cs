using Microsoft.AspNetCore.Razor.TagHelpers;
using MPanel.Database.Access;
using MPanel.Database.Disputes;
using MPanel.Database.Domains;
using MPanel.Database.Emails;
using MPanel.Database.Invoices;
using MPanel.Database.Jobs;
using MPanel.Database.Orders;
using MPanel.Database.Payments;
using MPanel.Database.Provisioning;
using MPanel.Database.Servers;
using MPanel.Database.Subscriptions;
using MPanel.Database.Timelines;

namespace MPanel.Web.Platform.TagHelpers;

/// <summary><c>&lt;status value="needs_review" /&gt;</c>: a badge in the one colour that this status has everywhere.</summary>
[HtmlTargetElement("status", TagStructure = TagStructure.WithoutEndTag)]
public sealed class StatusTagHelper : TagHelper
{
    /// <summary>No state, but shown as one: of a user whom somebody guesses at.</summary>
    public const string Locked = "locked";

    /// <summary>No state, but shown as one: of a step or task whose turn it is.</summary>
    public const string Due = "due";

    /// <summary>No state, but shown as one: of an open invoice that was due before today.</summary>
    public const string Overdue = "overdue";

    /// <summary>Of any entity; the words mean the same wherever they stand.</summary>
    private static readonly Dictionary<string, string> Colours = new()
    {
        [SubscriptionState.Active] = "green",
        [IntakeState.Completed] = "green",
        [TaskState.Success] = "green",
        [PaymentState.Succeeded] = "green",
        [JobState.Done] = "green",
        [InvoiceState.Paid] = "green",
        [DomainState.Managed] = "green",
        [AgentState.Online] = "green",
        [EmailState.Sent] = "green",
        [EmailState.Sending] = "blue",
        [EmailState.Queued] = "azure",
        [EmailState.Suppressed] = "orange",
        [EmailState.Unknown] = "yellow",
        [TaskState.InProgress] = "blue",
        [IntakeState.Processing] = "blue",
        [OrderState.Provisioning] = "blue",
        [JobState.Running] = "blue",
        [TimelineOutcome.Started] = "blue",
        [TimelineOutcome.Resumed] = "blue",
        [IntakeState.Received] = "azure",
        [TaskState.Pending] = "azure",
        [Due] = "azure",
        [JobState.Waiting] = "azure",
        [UserState.Invited] = "azure",
        [InvoiceState.Open] = "azure",
        [TimelineOutcome.Retry] = "yellow",
        [IntakeState.NeedsReview] = "orange",
        [SubscriptionState.PastDue] = "orange",
        [ServerState.Draining] = "orange",
        [InvoiceState.PartiallyRefunded] = "orange",
        [PaymentState.Disputed] = "orange",
        [PaymentState.Lost] = "red",
        [DisputeState.Won] = "green",
        [DisputeState.NeedsResponse] = "orange",
        [DisputeState.Inquiry] = "yellow",
        [DisputeState.UnderReview] = "azure",
        [StripeEventState.Applied] = "green",
        ["lease_expired"] = "orange",
        [TaskState.Failed] = "red",
        [IntakeState.Rejected] = "red",
        [AgentState.Offline] = "red",
        [AgentState.Unwell] = "red",
        [InvoiceState.Uncollectible] = "red",
        [Locked] = "red",
        [SubscriptionState.Suspended] = "purple",
        [ServerState.Maintenance] = "purple",
        [InvoiceState.Refunded] = "purple",
        [InvoiceState.Credited] = "purple",
        [Overdue] = "red",
    };

    public string? Value { get; set; }

    /// <summary>Shown instead of the status itself.</summary>
    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        var value = Value ?? "none";
        // What is over without being a success (cancelled, deleted, disabled, draft) and what is unknown is grey.
        output.Attributes.SetAttribute("class", $"badge status-badge status-{Colours.GetValueOrDefault(value, "secondary")}");
        output.Content.SetContent(Label ?? value.Replace('_', ' '));
    }
}
