using MPanel.Web.Pages.Shared;

namespace MPanel.Web.Pages.Payments;

/// <summary>The lists of what happens to money, each a page with its own address.</summary>
public static class PaymentTabs
{
    public static IReadOnlyList<PageTab> Of(PathString path) =>
        [
            .. new[]
            {
                ("Payments", "/payments"),
                ("Refunds", "/payments/refunds"),
                ("Disputes", "/payments/disputes"),
                ("Stripe events", "/payments/events"),
            }.Select(tab => new PageTab(tab.Item1, tab.Item2, path == tab.Item2)),
        ];
}
