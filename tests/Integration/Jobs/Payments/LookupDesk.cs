using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MPanel.Jobs.Payments;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Payments;

/// <summary>The simulator, and <see cref="StripePayments"/> as the program registers it, asking it over HTTP.</summary>
public sealed class LookupDesk : IAsyncDisposable
{
    private readonly List<ServiceProvider> _hosts = [];

    private LookupDesk(StripeSimulation stripe) => Stripe = stripe;

    /// <summary>Longer than any lookup here may take.</summary>
    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(60);

    public StripeSimulation Stripe { get; }

    public string Key { get; } = StripeSimulation.NewKey();

    /// <summary>What was logged, everything down to Trace.</summary>
    public LogLines Log { get; } = new();

    public static async Task<LookupDesk> Open() => new(await StripeSimulation.Start());

    /// <summary>Three attempts at most for a lookup, unless <paramref name="settings"/> say otherwise.</summary>
    public ServiceProvider Host(params (string Name, string Value)[] settings)
    {
        Dictionary<string, string?> all = new()
        {
            ["Stripe:BaseUrl"] = Stripe.Url,
            ["Stripe:ApiKey"] = Key,
            ["Stripe:ExpectedLiveMode"] = "false",
            ["Stripe:AttemptTimeout"] = "00:00:20",
            ["Stripe:TotalTimeout"] = "00:00:24",
        };
        foreach (var (name, value) in settings)
            all[$"Stripe:{name}"] = value;
        var host = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddPayments(new ConfigurationBuilder().AddInMemoryCollection(all).Build())
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        _hosts.Add(host);
        return host;
    }

    public StripePayments Payments(params (string Name, string Value)[] settings) => Host(settings).GetRequiredService<StripePayments>();

    public Task<PaymentLookup> Find(string id = "pi_1", params (string Name, string Value)[] settings) =>
        Payments(settings).Find(id, CancellationToken.None).WaitAsync(Bound);

    /// <summary>Looks pi_1 up, and Stripe answers word for word.</summary>
    public async Task<PaymentLookup> FindAnsweredWith(string body, int status = 200, params (string Name, string Value)[] headers)
    {
        await Stripe.Fail(
            new Failure(FailureKind.Verbatim, Status: status, Body: body, Headers: headers.ToDictionary(h => h.Name, h => h.Value))
        );
        return await Find("pi_1", ("Retries", "0"));
    }

    public async Task<int> Asked() => (await Stripe.Requests()).Count;

    public static GatewayPayment Found(PaymentLookup lookup) => Assert.IsType<PaymentLookup.Found>(lookup).Payment;

    public static PaymentLookup.Unavailable Unavailable(PaymentLookup lookup, string code)
    {
        var unavailable = Assert.IsType<PaymentLookup.Unavailable>(lookup);
        Assert.Equal(code, unavailable.Code);
        return unavailable;
    }

    public static PaymentLookup.Refused Refused(PaymentLookup lookup, string code)
    {
        var refused = Assert.IsType<PaymentLookup.Refused>(lookup);
        Assert.Equal(code, refused.Code);
        return refused;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        await Stripe.DisposeAsync();
    }
}
