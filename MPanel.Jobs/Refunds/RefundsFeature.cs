using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Disputes;
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
            .AddSingleton<StripeDisputes>()
            .AddSingleton<DisputeBooks>()
            .AddSingleton<DisputeActions>()
            .AddSingleton<StripeEventActions>()
            .AddSingleton<PaymentReading>()
            .AddRecurringJob<MissedEvents>()
            .AddRecurringJob<LookAtPayments>()
            .AddRecurringJob<PruneStripeEvents>();
}
