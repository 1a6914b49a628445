using System.Net;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Charges;

public sealed class ChargesTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await StripeDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Charge_OfAPaidPayment_SaysWhatItWasPaidWith()
    {
        var charge = await _desk.Paid("pm_card_de");

        var card = charge.PaymentMethodDetails.Card;
        Assert.Equal(("visa", "0004", "DE", 12, 2034), (card.Brand, card.Last4, card.Country, card.ExpMonth, card.ExpYear));
        Assert.NotEmpty(card.Fingerprint);
        Assert.Equal(("authorized", "approved_by_network"), (charge.Outcome.Type, charge.Outcome.NetworkStatus));
        Assert.Equal((4582, 4582, true, true), (charge.Amount, charge.AmountCaptured, charge.Paid, charge.Captured));
    }

    [Fact]
    public async Task Charges_OfTheSameCard_HaveTheSameFingerprint()
    {
        var (first, again, other) = (await _desk.Paid(), await _desk.Paid(), await _desk.Paid("pm_card_mastercard"));

        Assert.Equal(Fingerprint(first), Fingerprint(again));
        Assert.NotEqual(Fingerprint(first), Fingerprint(other));
        Assert.NotEqual(first.PaymentMethod, again.PaymentMethod);
    }

    [Fact]
    public async Task Charge_WithItsBalanceTransactionExpanded_ShowsTheFee()
    {
        var paid = await _desk.Pay();

        var read = await _desk.Api.PaymentIntents.GetAsync(
            paid.Id,
            new PaymentIntentGetOptions { Expand = ["latest_charge.balance_transaction", "payment_method"] }
        );

        var movement = read.LatestCharge.BalanceTransaction;
        Assert.Equal((4582, 163, 4419, "charge"), (movement.Amount, movement.Fee, movement.Net, movement.Type));
        Assert.Equal("stripe_fee", Assert.Single(movement.FeeDetails).Type);
        Assert.Equal(read.LatestCharge.PaymentMethod, read.PaymentMethod.Id);
    }

    [Fact]
    public async Task List_OfAPayment_HasEachAttemptNewestFirst()
    {
        var payment = await _desk.Api.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions { Amount = 4582, Currency = "usd" });
        await StripeDesk.Refused(
            () => _desk.Api.PaymentIntents.ConfirmAsync(payment.Id, new() { PaymentMethod = "pm_card_visa_chargeDeclined" }),
            HttpStatusCode.PaymentRequired,
            "card_declined"
        );
        await _desk.Stripe.Advance(TimeSpan.FromMinutes(5));
        await _desk.Api.PaymentIntents.ConfirmAsync(payment.Id, new() { PaymentMethod = "pm_card_visa" });
        await _desk.Pay();

        var attempts = await _desk.Api.Charges.ListAsync(new ChargeListOptions { PaymentIntent = payment.Id });

        Assert.Equal(["succeeded", "failed"], attempts.Data.Select(c => c.Status));
        Assert.True(attempts.Data[0].Created - payment.Created >= TimeSpan.FromMinutes(5));
        Assert.Equal(
            ("issuer_declined", "generic_decline", "card_declined"),
            (attempts.Data[1].Outcome.Type, attempts.Data[1].Outcome.Reason, attempts.Data[1].FailureCode)
        );
        Assert.Equal("failed", (await _desk.Api.Charges.GetAsync(attempts.Data[1].Id)).Status);
    }

    [Fact]
    public async Task List_InPages_HasEachChargeOnce()
    {
        List<string> made = [];
        for (var i = 0; i < 5; i++)
            made.Insert(0, (await _desk.Paid()).Id);

        List<string> forward = [];
        await foreach (var charge in _desk.Api.Charges.ListAutoPagingAsync(new ChargeListOptions { Limit = 2 }))
            forward.Add(charge.Id);
        var back = await _desk.Api.Charges.ListAsync(new ChargeListOptions { Limit = 2, EndingBefore = made[3] });

        Assert.Equal(made, forward);
        Assert.Equal(made[1..3], back.Data.Select(c => c.Id));
        Assert.True(back.HasMore);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public async Task List_WithAnImpossibleLimit_IsRefused(int limit) =>
        await StripeDesk.Refused(
            () => _desk.Api.Charges.ListAsync(new ChargeListOptions { Limit = limit }),
            code: "parameter_invalid_integer"
        );

    [Fact]
    public async Task List_ByTime_HasWhatIsNotOlder()
    {
        await _desk.Pay();
        await _desk.Stripe.Advance(TimeSpan.FromHours(1));
        var late = await _desk.Pay();

        var since = new DateRangeOptions { GreaterThanOrEqual = late.Created };
        var found = await _desk.Api.PaymentIntents.ListAsync(new PaymentIntentListOptions { Created = since });

        Assert.Equal([late.Id], found.Data.Select(p => p.Id));
    }

    [Fact]
    public async Task Refunds_StandInTheChargeOnlyWhenExpanded()
    {
        var charge = await _desk.Paid();
        await _desk.Api.Refunds.CreateAsync(new RefundCreateOptions { Charge = charge.Id, Amount = 1000 });

        var plain = await _desk.Api.Charges.GetAsync(charge.Id);
        var expanded = await _desk.Api.Charges.GetAsync(charge.Id, new ChargeGetOptions { Expand = ["refunds"] });

        Assert.Null(plain.Refunds);
        Assert.Equal(1000, Assert.Single(expanded.Refunds.Data).Amount);
    }

    [Theory]
    [InlineData("latest_charge.nothing")]
    [InlineData("currency")]
    [InlineData("nothing")]
    public async Task Expand_OfWhatIsNoObject_IsRefused(string path)
    {
        var paid = await _desk.Pay();

        var refused = await StripeDesk.Refused(() => _desk.Api.PaymentIntents.GetAsync(paid.Id, new() { Expand = [path] }));

        Assert.Equal($"This property cannot be expanded ({path}).", refused.StripeError.Message);
    }

    [Fact]
    public async Task LatestCharge_HiddenForAWhile_IsNull()
    {
        var paid = await _desk.Pay();
        await _desk.Stripe.Steer(HttpMethod.Put, $"payment_intents/{paid.Id}/latest_charge", new { hidden = true });
        var hidden = await _desk.Api.PaymentIntents.GetAsync(paid.Id, new() { Expand = ["latest_charge"] });
        await _desk.Stripe.Steer(HttpMethod.Put, $"payment_intents/{paid.Id}/latest_charge", new { hidden = false });

        Assert.Equal(("succeeded", null), (hidden.Status, hidden.LatestChargeId));
        Assert.Equal(paid.LatestChargeId, (await _desk.Api.PaymentIntents.GetAsync(paid.Id)).LatestChargeId);
    }

    [Fact]
    public async Task BalanceTransaction_KnownLater_ComesWithAnUpdate()
    {
        var charge = await _desk.Paid();
        await _desk.Stripe.Steer(HttpMethod.Put, $"charges/{charge.Id}/balance_transaction", new { known = false });
        var early = await _desk.Api.Charges.GetAsync(charge.Id);
        await _desk.Stripe.Steer(HttpMethod.Put, $"charges/{charge.Id}/balance_transaction", new { known = true });

        Assert.Null(early.BalanceTransactionId);
        Assert.Equal(charge.BalanceTransactionId, (await _desk.Api.Charges.GetAsync(charge.Id)).BalanceTransactionId);
    }

    [Fact]
    public async Task PutPayment_WithACountry_BillsThere()
    {
        await _desk.Stripe.Put(
            "pi_1",
            new
            {
                amount = 4582,
                currency = "usd",
                billingCountry = "AT",
                paymentMethod = "pm_card_de",
            }
        );

        var payment = await _desk.Api.PaymentIntents.GetAsync("pi_1", new() { Expand = ["latest_charge"] });

        Assert.Equal("AT", payment.LatestCharge.BillingDetails.Address.Country);
        Assert.Equal("DE", payment.LatestCharge.PaymentMethodDetails.Card.Country);
    }

    private static string Fingerprint(Charge charge) => charge.PaymentMethodDetails.Card.Fingerprint;
}
