using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>Stripe's library over connections of our own, with one bound per attempt.</summary>
internal static class StripeConnection
{
    private const string Name = "stripe";

    // Stripe's payment with a charge is about 5 KB; nothing legitimate comes near this.
    private const int LargestBody = 1024 * 1024;

    public static void AddStripeConnection(this IServiceCollection services)
    {
        services
            .AddHttpClient(Name)
            .ConfigureHttpClient(
                (provider, http) =>
                {
                    // From connecting to the last byte, as the library reads the body whole.
                    http.Timeout = Settings(provider).AttemptTimeout;
                    http.MaxResponseContentBufferSize = LargestBody;
                }
            )
            // The framework's own lines would write every address; StripeLog says what matters.
            .RemoveAllLoggers()
            // The client lives as long as the process, so connections are renewed here and not by new handlers.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler(
                (handler, provider) =>
                {
                    handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                    handler.ConnectTimeout = TimeSpan.FromSeconds(5);
                    handler.AllowAutoRedirect = false;
                    handler.UseCookies = false;
                    handler.UseProxy = !new Uri(Settings(provider).BaseUrl).IsLoopback;
                }
            );
        services.AddSingleton(Open);
    }

    private static StripeClient Open(IServiceProvider provider) =>
        new(
            new StripeClientOptions
            {
                ApiKey = Settings(provider).ApiKey,
                ApiBase = Settings(provider).BaseUrl.TrimEnd('/'),
                HttpClient = new SystemNetHttpClient(
                    provider.GetRequiredService<IHttpClientFactory>().CreateClient(Name),
                    Settings(provider).Retries,
                    // Telemetry writes a file into the home directory.
                    enableTelemetry: false
                ),
            }
        );

    private static StripeOptions Settings(IServiceProvider provider) => provider.GetRequiredService<IOptions<StripeOptions>>().Value;
}
