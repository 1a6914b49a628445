using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Invoices;
using MPanel.Settings;

namespace MPanel.Jobs.Orders;

public static class OrderFeature
{
    /// <summary>The order chain and its steps, and what people do to orders.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services)
    {
        services.AddChecked<OrderOptions>("Orders");
        services.AddChecked<SellerOptions>("Invoices:Seller");
        services.AddSingleton<InvoicePrinter>();
        services.AddSingleton<OrderIntake>();
        services.AddSingleton<OrderedDomain>();
        services.AddSingleton<UnboundPayments>();
        services.AddSingleton<RefusedOrderActions>();
        services.AddSingleton<OrderActions>();
        services.AddSingleton<OrderCancellation>();
        services.AddSingleton<OrderChain>();
        services.AddSingleton<IChain>(provider => provider.GetRequiredService<OrderChain>());
        return services
            .AddStep<PaymentStep>()
            .AddStep<CustomerStep>()
            .AddStep<OrderStep>()
            .AddStep<SubscriptionsStep>()
            .AddStep<InvoiceStep>()
            .AddStep<TasksStep>();
    }
}
