using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Payments.StripeHttp;

public static class StripePayments
{
    // Stripe's payment with a charge is about 5 KB; nothing legitimate comes near this.
    private const int LargestBody = 1024 * 1024;

    /// <summary>Registers <see cref="IPaymentGateway"/> over HTTP from section <c>Stripe</c>. Wrong settings stop the start.</summary>
    public static IServiceCollection AddStripePayments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStripeOptions(configuration);
        services.AddTransient<IPaymentGateway, StripeHttpGateway>();
        services.AddHttpClient<StripeRequests>(Configure).AsStripeConnection();
        return services;
    }

    /// <summary>What both gateways need: section <c>Stripe</c>, metrics, the clock.</summary>
    internal static void AddStripeOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StripeOptions>().Bind(configuration.GetSection(StripeOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StripeOptions>, StripeOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<PaymentMetrics>();
    }

    internal static void AsStripeConnection(this IHttpClientBuilder client) =>
        client
            // The framework's own lines would write every address; StripeLog says what matters.
            .RemoveAllLoggers()
            // A gateway may be held for as long as the process lives, so connections are renewed here and not by new handlers.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler(
                (handler, provider) =>
                {
                    handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                    handler.ConnectTimeout = TimeSpan.FromSeconds(5);
                    handler.AllowAutoRedirect = false;
                    handler.UseCookies = false;
                    handler.UseProxy = !new Uri(provider.GetRequiredService<IOptions<StripeOptions>>().Value.BaseUrl).IsLoopback;
                }
            );

    private static void Configure(IServiceProvider provider, HttpClient http)
    {
        var options = provider.GetRequiredService<IOptions<StripeOptions>>().Value;
        Bound(http);
        http.BaseAddress = new Uri(options.BaseUrl);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        http.DefaultRequestHeaders.Add("Stripe-Version", StripeHttpGateway.ApiVersion);
        http.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("MPanel", typeof(StripePayments).Assembly.GetName().Version?.ToString(3))
        );
    }

    internal static void Bound(HttpClient http)
    {
        http.Timeout = Timeout.InfiniteTimeSpan; // StripeAttempts bounds each attempt and all of them.
        http.MaxResponseContentBufferSize = LargestBody;
    }
}
