using MPanel.Web.Platform.TagHelpers;

namespace MPanel.Web.Pages.Orders;

/// <summary>States of a stop on the way of the money.</summary>
public static class TraceState
{
    public const string Done = "done";
    public const string Running = "running";

    /// <summary>Next, as soon as somebody is free.</summary>
    public const string Due = StatusTagHelper.Due;
    public const string Waiting = "waiting";
    public const string Retry = "retry";
    public const string NeedsReview = "needs_review";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public const string Rejected = "rejected";
}
