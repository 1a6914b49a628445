using System.Security.Claims;
using MPanel.Database.Attention;
using MPanel.Jobs.Access;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Refunds;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Attention;

/// <summary>Who sees what of the list, and what can be done about it. The decisions themselves are those of orders, tasks and jobs.</summary>
public static class AttentionRules
{
    public const string Resume = "resume";
    public const string AcceptPrices = "accept_prices";
    public const string Retry = "retry";
    public const string Cancel = "cancel";
    public const string ContentBack = "content_back";
    public const string MergeNames = "merge_names";

    /// <summary>Of a dispute: a person has seen it as it is.</summary>
    public const string Seen = "seen";
    public const string RefundNow = "refund";
    public const string Dismiss = "dismiss";

    /// <summary>What one needs to see a kind: its own module's permission.</summary>
    public static string Permission(string kind) =>
        kind switch
        {
            AttentionKind.Tasks => Permissions.ProvisioningView,
            AttentionKind.Servers => Permissions.ServersView,
            AttentionKind.Websites => Permissions.WebsitesView,
            AttentionKind.Jobs => Permissions.JobsView,
            AttentionKind.Emails => Permissions.EmailsView,
            AttentionKind.Keys => Permissions.SecurityView,
            _ => Permissions.OrdersView,
        };

    public static IReadOnlyList<string> Visible(ClaimsPrincipal viewer) =>
        [.. AttentionKind.All.Where(kind => viewer.HasPermission(Permission(kind)))];

    public static bool SeesCustomer(ClaimsPrincipal viewer) =>
        viewer.HasPermission(Permissions.OrdersView) || viewer.HasPermission(Permissions.CustomersView);

    /// <summary>A dispute, or an early fraud warning.</summary>
    public static bool IsOfBank(AttentionRow row) =>
        row.Code == AttentionKind.FraudWarning || row.Code.StartsWith(AttentionKind.OfDispute, StringComparison.Ordinal);

    /// <param name="may">Whether the viewer holds a permission.</param>
    public static IReadOnlyList<string> Actions(AttentionRow row, Func<string, bool> may) =>
        row.Kind switch
        {
            AttentionKind.Tasks when !may(Permissions.ProvisioningRetry) => [],
            AttentionKind.Tasks => row.Code == "no_server" ? [Cancel] : [Retry, Cancel],
            AttentionKind.Websites when !may(Permissions.WebsitesManage) => [],
            AttentionKind.Websites => [row.Code == AttentionKind.NamesOverlap ? MergeNames : ContentBack],
            AttentionKind.Jobs when row.Code == AttentionKind.RecurringFailed => [],
            AttentionKind.Jobs when !may(Permissions.JobsManage) => [],
            // It can't be given up.
            AttentionKind.Jobs when row.Work == RefundChain.ChainKind => [Retry],
            AttentionKind.Jobs => [Retry, Cancel],
            AttentionKind.Payments when IsOfBank(row) && !may(Permissions.InvoicesManage) => [],
            AttentionKind.Payments when row.Code == AttentionKind.FraudWarning => [RefundNow, Dismiss],
            AttentionKind.Payments when IsOfBank(row) => [Seen],
            AttentionKind.Orders or AttentionKind.Payments when row.JobId is not null =>
            [
                .. row.Code == "price_mismatch" && may(Permissions.OrdersManage) ? [AcceptPrices] : Array.Empty<string>(),
                .. may(Permissions.OrdersManage) ? OrderReview.Of(row.Code) : [],
                .. may(Permissions.OrdersManage) ? [Resume] : Array.Empty<string>(),
                .. may(Permissions.JobsManage) ? [Cancel] : Array.Empty<string>(),
            ],
            _ => [],
        };
}
