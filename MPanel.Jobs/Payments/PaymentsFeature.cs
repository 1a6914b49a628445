using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Payments;

public static class PaymentsFeature
{
    /// <summary>Registers <see cref="StripePayments"/> from section <c>Stripe</c>. Wrong settings stop the start.</summary>
    public static IServiceCollection AddPayments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StripeOptions>().Bind(configuration.GetSection(StripeOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StripeOptions>, StripeOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<PaymentMetrics>();
        services.AddStripeConnection();
        services.TryAddSingleton<StripeAnswers>();
        return services.AddSingleton<StripePayments>();
    }
}
