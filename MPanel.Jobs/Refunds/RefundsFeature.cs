using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Payments;

namespace MPanel.Jobs.Refunds;

public static class RefundsFeature
{
    /// <summary>What happens to a payment after it was made.</summary>
    public static IServiceCollection AddRefunds(this IServiceCollection services) =>
        services
            .AddSingleton<StripeRefunds>()
            .AddSingleton<StripeEvents>()
            .AddSingleton<StripeWebhook>()
            .AddSingleton<RefundBooks>()
            .AddSingleton<RefundActions>()
            .AddSingleton<IChain, RefundChain>()
            .AddStep<RefundStep>()
            .AddSingleton<IChain, StripeEventChain>()
            .AddStep<StripeEventStep>()
            .AddRecurringJob<MissedEvents>();
}
