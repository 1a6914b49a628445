using System.Net;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Payments;

/// <summary>A renewal's charge: the customer is not there.</summary>
public sealed class OffSessionTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;
    private string _customer = null!;

    public async ValueTask InitializeAsync()
    {
        _desk = await StripeDesk.Open();
        _customer = (await _desk.Api.Customers.CreateAsync(new CustomerCreateOptions { Email = "client@example.com" })).Id;
    }

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task GoodCard_IsCharged()
    {
        var paid = await Charge(await Attach("pm_card_visa"));

        Assert.Equal(("succeeded", _customer, _customer), (paid.Status, paid.CustomerId, paid.LatestCharge.CustomerId));
    }

    [Fact]
    public async Task CardThatFailsLater_AttachesAndIsThenDeclined()
    {
        var method = await Attach("pm_card_chargeCustomerFail");

        var declined = await StripeDesk.Refused(() => Charge(method), HttpStatusCode.PaymentRequired, "card_declined");

        var error = declined.StripeError;
        Assert.Equal(
            ("card_error", "generic_decline", "requires_payment_method"),
            (error.Type, error.DeclineCode, error.PaymentIntent.Status)
        );
        Assert.Equal(method, error.PaymentMethod.Id);
        Assert.Equal(error.Charge, error.PaymentIntent.LatestChargeId);
        Assert.Equal(error.PaymentIntent.Id, Assert.Single(await Payments()).Id);
    }

    [Theory]
    [InlineData("pm_card_authenticationRequired")]
    [InlineData("pm_card_authenticationRequiredOnSetup")]
    public async Task CardThatAsks_IsDeclinedForWantOfAuthentication(string card)
    {
        var method = await Attach(card);

        var declined = await StripeDesk.Refused(() => Charge(method), HttpStatusCode.PaymentRequired, "authentication_required");

        Assert.Equal("authentication_required", declined.StripeError.DeclineCode);
        Assert.Equal("requires_payment_method", declined.StripeError.PaymentIntent.Status);
        Assert.Null((await _desk.Api.PaymentIntents.GetAsync(declined.StripeError.PaymentIntent.Id)).PaymentMethodId);
    }

    [Fact]
    public async Task CardThatAsks_RecoversOnSessionWithTheSamePayment()
    {
        var method = await Attach("pm_card_authenticationRequired");
        var declined = await Assert.ThrowsAsync<StripeException>(() => Charge(method));
        var id = declined.StripeError.PaymentIntent.Id;

        var asking = await _desk.Api.PaymentIntents.ConfirmAsync(id, new PaymentIntentConfirmOptions { PaymentMethod = method });
        await _desk.Post($"payment_intents/{id}/finish", new { succeeds = true });
        var paid = await _desk.Api.PaymentIntents.GetAsync(id, new() { Expand = ["latest_charge"] });

        Assert.Equal(("requires_action", "use_stripe_sdk"), (asking.Status, asking.NextAction.Type));
        Assert.Equal("succeeded", paid.Status);
        Assert.Equal("authenticated", paid.LatestCharge.PaymentMethodDetails.Card.ThreeDSecure.Result);
    }

    [Fact]
    public async Task CardThatAsks_NotPassed_NeedsAnotherMethod()
    {
        var asking = await _desk.Pay("pm_card_authenticationRequired");

        await _desk.Post($"payment_intents/{asking.Id}/finish", new { succeeds = false });

        var failed = await _desk.Api.PaymentIntents.GetAsync(asking.Id);
        Assert.Equal(("requires_payment_method", "payment_intent_authentication_failure"), (failed.Status, failed.LastPaymentError.Code));
    }

    [Fact]
    public async Task CardThatWasSetUp_IsChargedWithoutAsking()
    {
        var setup = await _desk.Api.SetupIntents.CreateAsync(
            new SetupIntentCreateOptions
            {
                Customer = _customer,
                PaymentMethod = "pm_card_authenticationRequiredOnSetup",
                Confirm = true,
                AllowedPaymentMethodTypes = ["card"],
            }
        );
        await _desk.Post($"setup_intents/{setup.Id}/finish", new { succeeds = true });

        Assert.Equal("succeeded", (await Charge(setup.PaymentMethodId)).Status);
    }

    [Fact]
    public async Task CardSetUpElsewhere_AsksOnSessionOnly()
    {
        var method = await Attach("pm_card_authenticationRequiredSetupForOffSession");

        var there = await _desk.Pay(method, customer: _customer);

        Assert.Equal("requires_action", there.Status);
        Assert.Equal("succeeded", (await Charge(method)).Status);
    }

    [Fact]
    public async Task ErrorOnRequiresAction_IsADecline()
    {
        var options = new PaymentIntentCreateOptions
        {
            Amount = 4582,
            Currency = "usd",
            Confirm = true,
            PaymentMethod = "pm_card_authenticationRequired",
            ErrorOnRequiresAction = true,
        };

        await StripeDesk.Refused(
            () => _desk.Api.PaymentIntents.CreateAsync(options),
            HttpStatusCode.PaymentRequired,
            "authentication_required"
        );
    }

    [Fact]
    public async Task Debit_IsProcessedForDays()
    {
        var processing = await _desk.Pay("pm_successDelayed_de", currency: "eur");
        var before = await _desk.Api.PaymentIntents.GetAsync(processing.Id);
        await _desk.Stripe.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(("processing", "processing"), (processing.Status, before.Status));
        Assert.Equal("succeeded", (await _desk.Api.PaymentIntents.GetAsync(processing.Id)).Status);
    }

    [Theory]
    [InlineData("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card", "do_not_try_again")]
    [InlineData("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded", "try_again_later")]
    [InlineData("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc", "confirm_card_data")]
    [InlineData("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error", "try_again_later")]
    [InlineData("pm_card_radarBlock", "card_declined", "fraudulent", "do_not_try_again")]
    public async Task Declines_HaveTheirCodes(string card, string code, string decline, string advice)
    {
        var declined = await StripeDesk.Refused(() => _desk.Pay(card), HttpStatusCode.PaymentRequired, code);

        Assert.Equal((decline, advice), (declined.StripeError.DeclineCode, declined.StripeError.AdviceCode));
        var charge = await _desk.Api.Charges.GetAsync(declined.StripeError.Charge);
        Assert.Equal(card == "pm_card_radarBlock" ? "blocked" : "issuer_declined", charge.Outcome.Type);
    }

    [Fact]
    public async Task MethodOfACustomer_WithoutTheCustomer_IsRefused()
    {
        var method = await Attach("pm_card_visa");

        var refused = await StripeDesk.Refused(() => _desk.Pay(method));

        Assert.Contains("belongs to a Customer", refused.StripeError.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Customer_WhoIsUnknownOrDeleted_IsRefused()
    {
        await _desk.Api.Customers.DeleteAsync(_customer);

        foreach (var customer in new[] { _customer, "cus_none" })
            await StripeDesk.Refused(() => _desk.Pay(customer: customer), code: "resource_missing");
    }

    private async Task<string> Attach(string token) =>
        (await _desk.Api.PaymentMethods.AttachAsync(token, new PaymentMethodAttachOptions { Customer = _customer })).Id;

    private Task<PaymentIntent> Charge(string method) =>
        _desk.Api.PaymentIntents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = 4582,
                Currency = "usd",
                Customer = _customer,
                PaymentMethod = method,
                OffSession = true,
                Confirm = true,
                AllowedPaymentMethodTypes = ["card"],
                Expand = ["latest_charge"],
            }
        );

    private async Task<List<PaymentIntent>> Payments() =>
        (await _desk.Api.PaymentIntents.ListAsync(new PaymentIntentListOptions { Customer = _customer })).Data;
}
