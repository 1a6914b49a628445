using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;

namespace MPanel.Jobs.Orders;

public static class OrderFeature
{
    /// <summary>The order chain and its steps.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services)
    {
        services.AddOptions<OrderOptions>().BindConfiguration("Orders").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IChain, OrderChain>();
        services.AddSingleton<IStep, PaymentStep>();
        services.AddSingleton<IStep, CustomerStep>();
        services.AddSingleton<IStep, OrderStep>();
        services.AddSingleton<IStep, SubscriptionsStep>();
        services.AddSingleton<IStep, InvoiceStep>();
        services.AddSingleton<IStep, TasksStep>();
        return services;
    }
}
