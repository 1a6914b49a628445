using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Payments.StripeHttp;
using Stripe;

namespace MPanel.Jobs.Payments.StripeNet;

public static class StripeNetPayments
{
    private const string Connection = "stripe-net";

    /// <summary>Registers <see cref="IPaymentGateway"/> through Stripe's own library, with the same settings and bounds as over plain HTTP.</summary>
    public static IServiceCollection AddStripeNetPayments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStripeOptions(configuration);
        services.AddHttpClient(Connection, StripePayments.Bound).AsStripeConnection();
        services.AddSingleton(provider => new StripeClient(
            new StripeClientOptions
            {
                ApiKey = provider.GetRequiredService<IOptions<StripeOptions>>().Value.ApiKey,
                ApiBase = provider.GetRequiredService<IOptions<StripeOptions>>().Value.BaseUrl.TrimEnd('/'),
                // One attempt a call: how often and how long is asked is decided here, and the same for both gateways.
                HttpClient = new SystemNetHttpClient(
                    provider.GetRequiredService<IHttpClientFactory>().CreateClient(Connection),
                    maxNetworkRetries: 0,
                    enableTelemetry: false
                ),
            }
        ));
        services.AddTransient<IPaymentGateway, StripeNetGateway>();
        return services;
    }
}
