using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Payments;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Payments;

public sealed class PaymentsFeatureTests
{
    [Fact]
    public async Task Start_WithoutKey_StopsAndSaysWhichSetting()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => Start([]));

        Assert.Contains("Stripe:ApiKey is missing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithTestKeyWhereLivePaymentsAreExpected_StopsWithoutQuotingTheKey()
    {
        var key = StripeSimulation.NewKey();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => Start([new("Stripe:ApiKey", key)]));

        Assert.Contains("ExpectedLiveMode", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, $"{refusal}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithLiveKey_Starts() => await Start([new("Stripe:ApiKey", StripeSimulation.NewKey(live: true))]);

    private static async Task Start(KeyValuePair<string, string?>[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddPayments(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
    }
}
