using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Payments;

/// <summary>A panel with a Stripe that tells it what happens to its payments, and one paid order.</summary>
internal sealed class StripeWorld : IAsyncDisposable
{
    private const string Secret = "whsec_of_the_simulator";

    private StripeWorld(StripeSimulation stripe, PanelServer panel, OrderDesk desk) => (Stripe, Panel, Desk) = (stripe, panel, desk);

    public StripeSimulation Stripe { get; }
    public PanelServer Panel { get; }
    public OrderDesk Desk { get; }

    public static async Task<StripeWorld> Start(bool webhooks = true)
    {
        var stripe = await StripeSimulation.Start();
        var panel = await PanelServer.Start(
            stripe: stripe,
            settings: new Dictionary<string, string?>
            {
                ["Stripe:WebhookSecrets:0"] = Secret,
                ["Stripe:AttemptTimeout"] = "00:00:02",
                ["Stripe:Retries"] = "0",
            }
        );
        var world = new StripeWorld(stripe, panel, await OrderDesk.Open(panel));
        if (webhooks)
            await world.Register();
        return world;
    }

    public Task Register(object? habits = null) =>
        Stripe.Steer(
            HttpMethod.Post,
            "webhook_endpoints",
            new
            {
                url = $"{Panel.ApiAddress.AbsoluteUri.TrimEnd('/')}/api/webhooks/stripe",
                secrets = new[] { Secret },
                events = new[] { "*" },
                habits,
            }
        );

    /// <summary>An order of 45.82 that is paid and invoiced.</summary>
    /// <param name="facts">What the payment says of itself besides; null for nothing.</param>
    public async Task<(string Payment, string Reference)> Ordered(object? facts = null, string email = "client@example.com")
    {
        var payment = OrderDesk.NewPaymentIntent();
        if (facts is null)
            await Stripe.Payment(payment, OrderDesk.ExampleTotal);
        else
            await Stripe.Put(payment, facts);
        var reference = await Desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain(), email));
        await Desk.UntilStatus(reference, "completed");
        return (payment, reference);
    }

    /// <summary>Its id.</summary>
    public async Task<string> Make(string what, object body) =>
        (await Stripe.Steer(HttpMethod.Post, what, body)).GetProperty("id").GetString()!;

    public Task Move(string what, string status) => Stripe.Steer(HttpMethod.Post, $"{what}/move", new { status });

    public Task<string> Run(string job) => Panel.Services.GetServices<IRecurringJob>().Single(j => j.Id == job).Run(CancellationToken.None);

    /// <summary>All that Stripe has told of is delivered, and looked into.</summary>
    public Task Settled() =>
        Wait.Until(
            async () =>
            {
                var told = await Stripe.Steer(HttpMethod.Get, "deliveries");
                return told.GetProperty("pending").GetInt32() == 0
                    && await Desk.Count("select count(*) from outbox where kind like 'stripe.%' and state <> 'done'") == 0;
            },
            "the events to be applied"
        );

    public async Task<string?> Text(string sql, object? parameters = null)
    {
        await using var db = await Panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<string?>(sql, parameters);
    }

    /// <summary>The money of the only payment.</summary>
    public Task<string?> Money() =>
        Text(
            "select concat_ws(' ', status, round(allocated, 2), round(refunding, 2), round(refunded, 2), round(disputed, 2)) from payments"
        );

    public Task<string?> Revenue() => Text("select round(sum(amount), 2)::text from revenue_days");

    public async ValueTask DisposeAsync()
    {
        await Panel.DisposeAsync();
        await Stripe.DisposeAsync();
    }
}
