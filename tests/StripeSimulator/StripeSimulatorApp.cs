using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Checkout;
using MPanel.StripeSimulator.Control;
using MPanel.StripeSimulator.Customers;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Radar;
using MPanel.StripeSimulator.Refunds;
using MPanel.StripeSimulator.Setup;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Webhooks;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator;

/// <summary>The simulator as a program of its own or inside a test: <c>Build(["--port", "0"])</c>, then StartAsync, then Urls.</summary>
public static class StripeSimulatorApp
{
    public static WebApplication Build(string[] args)
    {
        var settings = SimulatorSettings.Parse(args);
        // Nothing of the host's configuration is wanted: a stray ASPNETCORE_URLS must not open this to a network.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "MPanel.StripeSimulator" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(settings.Address, settings.Port));
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SimulatorClock>();
        builder.Services.AddSingleton(services => new StripeState(settings.StateFile, services.GetRequiredService<SimulatorClock>()));
        builder.Services.AddHostedService<DueTicker>();
        builder.Services.AddHostedService<WebhookSender>();
        builder.Services.AddSingleton<FailureSwitches>();
        builder.Services.AddSingleton<IdempotencyKeys>();
        builder.Services.AddSingleton<RequestLog>();

        var app = builder.Build();
        // A state file that can't be read stops the start, and not the first request.
        app.Services.GetRequiredService<StripeState>();
        app.UseRouting();
        app.UseMiddleware<StripeEnvelope>();
        app.MapPaymentIntents();
        app.MapCustomers();
        app.MapPaymentMethods();
        app.MapSetupIntents();
        app.MapCharges();
        app.MapRefunds();
        app.MapCheckout();
        app.MapDisputes();
        app.MapRadar();
        app.MapEvents();
        app.MapInvoicePayments();
        app.MapControl();
        app.MapFallback(UnknownRoute.Answer);
        return app;
    }
}
