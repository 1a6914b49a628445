using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Payments.StripeNet;

namespace MPanel.Tests.Integration.Jobs.Payments.StripeNet;

public sealed class StripeNetGatewayTests : PaymentGatewayContract
{
    [Fact]
    public async Task Find_Request_CarriesVersionKeyAndExpansion()
    {
        await Stripe.Payment("pi_1", 4582);

        await Find("pi_1");

        var request = Assert.Single(await Stripe.Requests());
        Assert.Equal("GET /v1/payment_intents/pi_1", $"{request.Method} {request.Path}");
        // The same version as over plain HTTP: the two can be swapped.
        Assert.Equal("2026-07-29.dahlia", request.StripeVersion);
        Assert.StartsWith("Bearer sk_test_", request.Authorization, StringComparison.Ordinal);
    }

    protected override (IPaymentGateway Gateway, IAsyncDisposable Host) Create(
        string baseUrl,
        string apiKey,
        TimeSpan attemptTimeout,
        ILoggerProvider log
    )
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Stripe:BaseUrl"] = baseUrl,
                    ["Stripe:ApiKey"] = apiKey,
                    ["Stripe:ExpectedLiveMode"] = apiKey.Contains("_live_", StringComparison.Ordinal) ? "true" : "false",
                    ["Stripe:AttemptTimeout"] =
                        $"{(attemptTimeout < TimeSpan.FromSeconds(20) ? attemptTimeout : TimeSpan.FromSeconds(20)):c}",
                }
            )
            .Build();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log))
            .AddStripeNetPayments(configuration)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        return (services.GetRequiredService<IPaymentGateway>(), services);
    }
}
