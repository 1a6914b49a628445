using System.Net;
using System.Text.Json;
using MPanel.Tests.Support;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator;

/// <summary>The simulator, asked by Stripe's own library, with the words of a shop.</summary>
public sealed class StripeDesk : IAsyncDisposable
{
    private StripeDesk(StripeSimulation stripe) => Stripe = stripe;

    public StripeSimulation Stripe { get; }

    public V1Services Api => Stripe.Client().V1;

    public static async Task<StripeDesk> Open() => new(await StripeSimulation.Start());

    public Task<PaymentIntent> Pay(string method = "pm_card_visa", long amount = 4582, string? customer = null, string currency = "usd") =>
        Api.PaymentIntents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = amount,
                Currency = currency,
                Confirm = true,
                Customer = customer,
                PaymentMethod = method,
            }
        );

    public async Task<Charge> Paid(string method = "pm_card_visa", long amount = 4582) =>
        await Api.Charges.GetAsync((await Pay(method, amount)).LatestChargeId);

    public async Task<string> NewCustomer() =>
        (await Api.Customers.CreateAsync(new CustomerCreateOptions { Email = "client@example.com" })).Id;

    public Task<JsonElement> Post(string control, object body) => Stripe.Steer(HttpMethod.Post, control, body);

    /// <summary>The types of the events so far, oldest first.</summary>
    public async Task<IReadOnlyList<string>> Events(string prefix = "")
    {
        var events = await Api.Events.ListAsync(new EventListOptions { Limit = 100 });
        return [.. events.Data.Select(e => e.Type).Reverse().Where(type => type.StartsWith(prefix, StringComparison.Ordinal))];
    }

    /// <summary>How Stripe refuses the call.</summary>
    public static async Task<StripeException> Refused(
        Func<Task> call,
        HttpStatusCode status = HttpStatusCode.BadRequest,
        string? code = null
    )
    {
        var refused = await Assert.ThrowsAsync<StripeException>(call);
        Assert.Equal((status, code), (refused.HttpStatusCode, refused.StripeError.Code));
        return refused;
    }

    public async ValueTask DisposeAsync() => await Stripe.DisposeAsync();
}
