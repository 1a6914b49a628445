using System.Net;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Methods;

public sealed class PaymentMethodsTests : IAsyncLifetime
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
    public async Task Attach_KeepsItForTheCustomer()
    {
        var method = await Attach("pm_card_visa");

        var listed = await _desk.Api.PaymentMethods.ListAsync(new PaymentMethodListOptions { Customer = _customer, Type = "card" });

        Assert.Equal([method.Id], listed.Data.Select(m => m.Id));
        Assert.Equal(("visa", "4242", "visa"), (method.Card.Brand, method.Card.Last4, method.Card.DisplayBrand));
        Assert.Equal(_customer, method.CustomerId);
    }

    [Fact]
    public async Task Detach_IsFinal()
    {
        var method = await Attach("pm_card_visa");

        var detached = await _desk.Api.PaymentMethods.DetachAsync(method.Id);

        Assert.Null(detached.CustomerId);
        await StripeDesk.Refused(() => Attach(method.Id), code: "payment_method_unexpected_state");
        await StripeDesk.Refused(() => _desk.Pay(method.Id, customer: _customer), code: "payment_method_unexpected_state");
        await StripeDesk.Refused(() => _desk.Api.PaymentMethods.DetachAsync(method.Id), code: "payment_method_unexpected_state");
        Assert.Equal(["payment_method.attached", "payment_method.detached"], await _desk.Events("payment_method."));
    }

    [Theory]
    [InlineData("pm_card_visa_chargeDeclined", "card_declined")]
    [InlineData("pm_card_chargeDeclinedExpiredCard", "expired_card")]
    public async Task Attach_OfACardThatIsDeclined_IsDeclined(string token, string code) =>
        await StripeDesk.Refused(() => Attach(token), HttpStatusCode.PaymentRequired, code);

    [Fact]
    public async Task Attach_OfSomebodyElses_IsRefused()
    {
        var method = await Attach("pm_card_visa");
        var other = await _desk.NewCustomer();

        await StripeDesk.Refused(() =>
            _desk.Api.PaymentMethods.AttachAsync(method.Id, new PaymentMethodAttachOptions { Customer = other })
        );
    }

    [Fact]
    public async Task Create_FromAToken_HasItsBillingDetailsInTheCharge()
    {
        var method = await _desk.Api.PaymentMethods.CreateAsync(
            new PaymentMethodCreateOptions
            {
                Type = "card",
                Card = new PaymentMethodCardOptions { Token = "tok_visa" },
                BillingDetails = new()
                {
                    Email = "a@example.com",
                    Address = new AddressOptions { Country = "AT", PostalCode = "1010" },
                },
            }
        );

        var paid = await _desk.Pay(method.Id);

        var billing = (await _desk.Api.Charges.GetAsync(paid.LatestChargeId)).BillingDetails;
        Assert.Equal(("a@example.com", "AT", "1010"), (billing.Email, billing.Address.Country, billing.Address.PostalCode));
    }

    [Fact]
    public async Task Update_AndRenewalByTheNetwork_AreToldApart()
    {
        var method = await Attach("pm_card_visa");

        await _desk.Api.PaymentMethods.UpdateAsync(method.Id, new PaymentMethodUpdateOptions { Card = new() { ExpYear = 2040 } });
        await _desk.Stripe.Steer(HttpMethod.Put, $"payment_methods/{method.Id}", new { exp_year = 2041, exp_month = 3 });

        var card = (await _desk.Api.PaymentMethods.GetAsync(method.Id)).Card;
        Assert.Equal((3, 2041), (card.ExpMonth, card.ExpYear));
        Assert.Equal(["payment_method.updated", "payment_method.automatically_updated"], (await _desk.Events("payment_method.")).Skip(1));
    }

    [Fact]
    public async Task Control_TurnsAGoodCardBad()
    {
        var method = await Attach("pm_card_visa");
        await _desk.Stripe.Steer(HttpMethod.Put, $"payment_methods/{method.Id}", new { token = "pm_card_chargeCustomerFail" });

        await StripeDesk.Refused(() => _desk.Pay(method.Id, customer: _customer), HttpStatusCode.PaymentRequired, "card_declined");
    }

    private Task<PaymentMethod> Attach(string id) =>
        _desk.Api.PaymentMethods.AttachAsync(id, new PaymentMethodAttachOptions { Customer = _customer });
}
