using MPanel.Database.Jobs;
using MPanel.Jobs.Orders;

namespace MPanel.Web.Pages.Jobs;

/// <summary>The ledger's states in the words of the Jobs pages.</summary>
public static class JobStates
{
    /// <summary>The status whose colour it has.</summary>
    public static string Badge(JobRow job) =>
        job switch
        {
            { State: "failed", Verdict: "review" } => "needs_review",
            { State: "due", Attempt: > 0 } => "retry",
            _ => job.State,
        };

    public static string Text(JobRow job) =>
        job switch
        {
            { State: "failed", Verdict: "review" } => "needs review",
            { State: "due", Attempt: > 0 } => "scheduled again",
            { State: "due" } => "enqueued",
            { State: "running" } => "processing",
            { State: "done" } => "succeeded",
            _ => job.State,
        };

    /// <summary>Reference of the order it is part of; null for any other job.</summary>
    public static string? OrderOf(JobRow job) => job.ChainKind == OrderChain.ChainKind ? job.Subject : null;
}
