using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Dashboard;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Dashboard;

/// <param name="TotalRevenue30d">What the invoices that were issued came to, less credit notes, losses and what was written off, today and on the 29 days before (UTC), in <paramref name="Currency"/>, major units.</param>
/// <param name="TotalRevenueAllTime">The same since the beginning.</param>
/// <param name="ActiveCustomers">Customers with an active subscription.</param>
/// <param name="PendingInvoices">Issued and not paid; counted up to 10,000.</param>
/// <param name="RecentInvoices">The latest five.</param>
/// <param name="MonthlyRecurringRevenue">Of active subscriptions, a year's price counting a twelfth.</param>
/// <param name="Currency">The panel's main one.</param>
/// <param name="RevenueByCurrency">Every currency that ever earned something.</param>
/// <param name="AsOf">When the figures were read: they may be some seconds old.</param>
public sealed record DashboardSummary(
    decimal TotalRevenue30d,
    decimal TotalRevenueAllTime,
    long ActiveCustomers,
    long PendingInvoices,
    IReadOnlyList<RecentInvoice> RecentInvoices,
    long ActiveSubscriptions,
    decimal MonthlyRecurringRevenue,
    string Currency,
    IReadOnlyList<CurrencyRevenue> RevenueByCurrency,
    DateTimeOffset AsOf
);

public static class DashboardRoutes
{
    public static void MapDashboard(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/dashboard/summary", Summary)
            .RequirePermission(Permissions.DashboardView)
            .WithSummary("Revenue, customers, subscriptions and invoices at a glance");

    public static async Task<Ok<DashboardSummary>> Summary(HttpContext context, DashboardCache dashboard)
    {
        var services = await dashboard.Services();
        var figures = await dashboard.Figures();
        // As on the page: money is for those who may see invoices, and zero for others.
        var money = context.User.HasPermission(Permissions.InvoicesView);
        var revenue = money ? figures.Value.Revenue : [];
        var main = revenue.FirstOrDefault(r => r.Currency == dashboard.Currency);
        return TypedResults.Ok(
            new DashboardSummary(
                main?.Last30Days ?? 0,
                main?.AllTime ?? 0,
                services.Value.Customers,
                money ? figures.Value.OpenInvoices.Count : 0,
                money ? figures.Value.RecentInvoices : [],
                services.Value.Subscriptions,
                money ? services.Value.ByCurrency.FirstOrDefault(c => c.Currency == dashboard.Currency)?.Monthly ?? 0 : 0,
                dashboard.Currency,
                revenue,
                figures.At < services.At ? figures.At : services.At
            )
        );
    }
}
