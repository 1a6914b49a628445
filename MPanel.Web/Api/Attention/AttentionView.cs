using System.Security.Claims;
using MPanel.Database.Attention;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Attention;

/// <summary>What can be done about it: a POST to a route of this API.</summary>
/// <param name="Name">
/// content_back, merge_names, seen (with <c>{ "status": "lost" }</c>), refund, dismiss, resume, accept_prices (with <c>{ "acceptPrices": true }</c>), retry, cancel, or a decision (with <c>{ "accept": "payment_unbound" }</c>).
/// </param>
public sealed record AttentionAction(string Name, string Path);

/// <summary>What somebody must look at, and what they may do about it.</summary>
/// <param name="Kind">orders, tasks, payments, servers, websites, jobs or keys.</param>
/// <param name="Id">Of the intake (orders and payments), refused order, dispute, early fraud warning, task, server, website, job or key.</param>
/// <param name="Since">When it began to need somebody.</param>
/// <param name="Code">Why, as a stable code.</param>
/// <param name="Reason">The same in a sentence.</param>
/// <param name="WhatToDo">Null where the reason says all there is to say.</param>
/// <param name="Customer">Name; null for viewers of neither orders nor customers, and where nobody is known.</param>
/// <param name="Domain">Null for servers, jobs, keys and refused orders.</param>
/// <param name="Server">Null for what has none.</param>
/// <param name="Page">Path of the panel's page about it.</param>
/// <param name="Actions">Those that the asker's permissions allow.</param>
public sealed record AttentionView(
    string Kind,
    long Id,
    string Title,
    DateTimeOffset Since,
    string Code,
    string Reason,
    string? WhatToDo,
    string? OrderReference,
    string? Customer,
    string? Domain,
    string? Server,
    string Page,
    IReadOnlyList<AttentionAction> Actions
)
{
    public static AttentionView Of(AttentionRow row, ClaimsPrincipal viewer) =>
        new(
            row.Kind,
            row.SourceId,
            AttentionWords.Title(row),
            row.Since,
            row.Code,
            AttentionWords.Reason(row),
            AttentionWords.WhatToDo(row),
            row.OrderReference,
            AttentionRules.SeesCustomer(viewer) ? row.Customer : null,
            row.Kind is AttentionKind.Servers or AttentionKind.Jobs or AttentionKind.Emails or AttentionKind.Keys
            || row.Code == AttentionKind.OrderRefused
                ? null
                : row.Subject,
            row.Kind == AttentionKind.Servers ? row.Subject : row.Server,
            AttentionWords.Page(row),
            [.. AttentionRules.Actions(row, viewer.HasPermission).Select(action => new AttentionAction(action, Path(row, action)))]
        );

    private static string Path(AttentionRow row, string action) =>
        (row.Kind, action) switch
        {
            (AttentionKind.Tasks, _) => $"/api/admin/provisioning/tasks/{row.SourceId}/{action}",
            (AttentionKind.Jobs, _) => $"/api/admin/jobs/{row.SourceId}/{action}",
            (AttentionKind.Websites, AttentionRules.MergeNames) => $"/api/admin/websites/{row.SourceId}/merge-names",
            (AttentionKind.Websites, _) => $"/api/admin/websites/{row.SourceId}/content-back",
            (_, AttentionRules.Seen) => $"/api/admin/disputes/{row.SourceId}/seen",
            (_, AttentionRules.RefundNow or AttentionRules.Dismiss) => $"/api/admin/fraud-warnings/{row.SourceId}/{action}",
            (_, AttentionRules.Cancel) => $"/api/admin/jobs/{row.JobId}/cancel",
            _ => $"/api/admin/orders/{row.OrderReference}/resume",
        };
}

/// <summary>One page of the list, and how much there is of each kind.</summary>
/// <param name="Counts">By kind, as the search leaves them, whichever kind is asked for; 0 for kinds that the asker may not see.</param>
public sealed record AttentionPage(
    IReadOnlyList<AttentionView> Items,
    long Total,
    string? Next,
    string? Previous,
    bool TotalIsExact,
    IReadOnlyDictionary<string, long> Counts
);
