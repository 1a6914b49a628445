using System.Net;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Setup;

public sealed class SetupIntentsTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;
    private string _customer = null!;

    public async ValueTask InitializeAsync()
    {
        _desk = await StripeDesk.Open();
        _customer = await _desk.NewCustomer();
    }

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Confirm_WithAGoodCard_AttachesIt()
    {
        var open = await Create();
        var done = await _desk.Api.SetupIntents.ConfirmAsync(open.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_visa" });

        Assert.Equal(("requires_payment_method", "off_session"), (open.Status, open.Usage));
        Assert.Equal("succeeded", done.Status);
        Assert.Equal(_customer, (await _desk.Api.PaymentMethods.GetAsync(done.PaymentMethodId)).CustomerId);
        Assert.Equal(["setup_intent.created", "setup_intent.succeeded"], await _desk.Events("setup_intent."));
    }

    [Fact]
    public async Task Confirm_WithADeclinedCard_LeavesItOpen()
    {
        var declined = await StripeDesk.Refused(
            () => Create("pm_card_visa_chargeDeclined"),
            HttpStatusCode.PaymentRequired,
            "card_declined"
        );

        var setup = await _desk.Api.SetupIntents.GetAsync(declined.StripeError.SetupIntent.Id);
        Assert.Equal(("requires_payment_method", "generic_decline"), (setup.Status, setup.LastSetupError.DeclineCode));
        Assert.Contains("setup_intent.setup_failed", await _desk.Events());
    }

    [Theory]
    [InlineData(true, "succeeded", 1)]
    [InlineData(false, "requires_payment_method", 0)]
    public async Task Confirm_WithACardThatAsks_WaitsForTheCustomer(bool passes, string end, int attached)
    {
        var asking = await Create("pm_card_authenticationRequiredOnSetup");
        await _desk.Post($"setup_intents/{asking.Id}/finish", new { succeeds = passes });

        Assert.Equal("requires_action", asking.Status);
        Assert.Equal(end, (await _desk.Api.SetupIntents.GetAsync(asking.Id)).Status);
        Assert.Equal(attached, (await _desk.Api.Customers.PaymentMethods.ListAsync(_customer)).Data.Count);
    }

    [Fact]
    public async Task Cancel_OfAnOpenOne_IsFinal()
    {
        var open = await Create();

        Assert.Equal("canceled", (await _desk.Api.SetupIntents.CancelAsync(open.Id)).Status);
        await StripeDesk.Refused(
            () => _desk.Api.SetupIntents.ConfirmAsync(open.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_visa" }),
            code: "setup_intent_unexpected_state"
        );
    }

    private Task<SetupIntent> Create(string? method = null) =>
        _desk.Api.SetupIntents.CreateAsync(
            new SetupIntentCreateOptions
            {
                Customer = _customer,
                PaymentMethod = method,
                Confirm = method is not null,
                AllowedPaymentMethodTypes = ["card"],
            }
        );
}
