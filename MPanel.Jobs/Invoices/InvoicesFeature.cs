using Microsoft.Extensions.DependencyInjection;
using MPanel.Settings;

namespace MPanel.Jobs.Invoices;

public static class InvoicesFeature
{
    /// <summary>What people do to invoices.</summary>
    public static IServiceCollection AddInvoices(this IServiceCollection services) =>
        services
            .AddChecked<BillingOptions>("Billing")
            .AddSingleton<InvoiceActions>()
            .AddSingleton<SettlementActions>()
            .AddSingleton<CreditActions>();
}
