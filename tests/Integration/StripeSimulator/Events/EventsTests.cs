using System.Net;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Events;

public sealed class EventsTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await StripeDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Payment_MakesEventsThatNameTheirRequest()
    {
        var paid = await _desk.Pay();

        var events = await _desk.Api.Events.ListAsync(new EventListOptions { Type = "payment_intent.succeeded" });

        var told = Assert.Single(events.Data);
        Assert.Equal(paid.StripeResponse.RequestId, told.Request.Id);
        Assert.NotEmpty(told.Request.IdempotencyKey);
        Assert.Equal((StripeConfiguration.ApiVersion, false), (told.ApiVersion, told.Livemode));
        Assert.Equal(paid.Id, Assert.IsType<PaymentIntent>(told.Data.Object).Id);
    }

    [Theory]
    [InlineData("pm_card_visa_chargeDeclined", "charge.failed,payment_intent.payment_failed")]
    [InlineData("pm_card_authenticationRequired", "payment_intent.requires_action")]
    [InlineData("pm_success_de", "charge.pending,payment_intent.processing,charge.succeeded,payment_intent.succeeded")]
    [InlineData("pm_failed_de", "charge.pending,payment_intent.processing,charge.failed,payment_intent.payment_failed")]
    public async Task Confirm_TellsHowItEnded(string method, string types)
    {
        await Assert.ThrowsAnyAsync<StripeException>(async () =>
        {
            await _desk.Pay(method);
            throw new StripeException("paid");
        });

        Assert.Equal(["payment_intent.created", .. types.Split(',')], await _desk.Events());
    }

    [Fact]
    public async Task Refund_TellsTheChargeWithWhatChanged()
    {
        var paid = await _desk.Pay();
        var refund = await _desk.Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 1000 });
        await _desk.Post($"refunds/{refund.Id}/move", new { status = "failed" });

        var refunded = Assert.Single((await _desk.Api.Events.ListAsync(new EventListOptions { Type = "charge.refunded" })).Data);

        Assert.Equal(1000, Assert.IsType<Charge>(refunded.Data.Object).AmountRefunded);
        Assert.Equal("0", refunded.Data.PreviousAttributes["amount_refunded"]?.ToString());
        Assert.Equal(["refund.created", "refund.updated", "refund.failed"], await _desk.Events("refund."));
    }

    [Fact]
    public async Task Dispute_TellsOfTheMoney()
    {
        var paid = await _desk.Pay();
        var id = (await _desk.Post("disputes", new { of = paid.Id, status = "warning_needs_response" })).GetProperty("id").GetString();
        foreach (var status in new[] { "needs_response", "under_review", "won" })
            await _desk.Post($"disputes/{id}/move", new { status });

        Assert.Equal(
            ["created", "updated", "funds_withdrawn", "updated", "closed", "funds_reinstated"],
            (await _desk.Events("charge.dispute.")).Select(type => type["charge.dispute.".Length..])
        );
    }

    [Fact]
    public async Task PutPayment_IsToldOnceForEachStatus()
    {
        await _desk.Stripe.Payment("pi_1", 4582, status: "processing");
        await _desk.Stripe.Payment("pi_1", 4582);
        await _desk.Stripe.Payment("pi_1", 4582);

        Assert.Equal(["payment_intent.processing", "payment_intent.succeeded"], await _desk.Events("payment_intent."));
    }

    [Fact]
    public async Task List_ByTypes_HasThoseOnly()
    {
        await _desk.Pay();

        var found = await _desk.Api.Events.ListAsync(new EventListOptions { Types = ["charge.succeeded", "payment_intent.created"] });

        Assert.Equal(["charge.succeeded", "payment_intent.created"], found.Data.Select(e => e.Type));
        await StripeDesk.Refused(() => _desk.Api.Events.ListAsync(new EventListOptions { Type = "a", Types = ["b"] }));
        await StripeDesk.Refused(() =>
            _desk.Api.Events.ListAsync(new EventListOptions { Types = [.. Enumerable.Range(0, 21).Select(i => $"{i}")] })
        );
    }

    [Fact]
    public async Task List_WalkedBackwards_HasWhatCameSince()
    {
        await _desk.Pay();
        var last = (await _desk.Api.Events.ListAsync(new EventListOptions { Limit = 1 })).Data[0].Id;
        var paid = await _desk.Pay();

        List<Event> since = [];
        await foreach (var e in _desk.Api.Events.ListAutoPagingAsync(new EventListOptions { EndingBefore = last, Limit = 2 }))
            since.Add(e);

        Assert.Equal(["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"], since.Select(e => e.Type));
        Assert.Equal(paid.Id, ((PaymentIntent)since[2].Data.Object).Id);
    }

    [Fact]
    public async Task Events_OlderThanThirtyDays_AreGone()
    {
        await _desk.Pay();
        var id = (await _desk.Api.Events.ListAsync()).Data[0].Id;

        await _desk.Stripe.Advance(TimeSpan.FromDays(30));

        Assert.Empty((await _desk.Api.Events.ListAsync()).Data);
        await StripeDesk.Refused(() => _desk.Api.Events.GetAsync(id), HttpStatusCode.NotFound, "resource_missing");
    }

    [Fact]
    public async Task RefusedCall_MakesNoEvent()
    {
        var paid = await _desk.Pay();
        var before = await _desk.Events();

        await StripeDesk.Refused(() => _desk.Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 9999 }));
        await StripeDesk.Refused(() => _desk.Pay("pm_none"), code: "resource_missing");
        await StripeDesk.Refused(
            () =>
                _desk.Api.PaymentIntents.CreateAsync(
                    new PaymentIntentCreateOptions
                    {
                        Amount = 4582,
                        Currency = "eur",
                        Confirm = true,
                        PaymentMethod = "pm_success_de",
                        AllowedPaymentMethodTypes = ["card"],
                    }
                ),
            code: "payment_intent_incompatible_payment_method"
        );

        Assert.Equal(before, await _desk.Events());
    }
}
