using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Payments;

public sealed class PaymentIntentsTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await StripeDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task List_OfACustomer_HasTheirsOnly()
    {
        var customer = await _desk.NewCustomer();
        var mine = await _desk.Pay(customer: customer);
        await _desk.Pay();

        var found = await _desk.Api.PaymentIntents.ListAsync(new PaymentIntentListOptions { Customer = customer });

        Assert.Equal([mine.Id], found.Data.Select(p => p.Id));
    }

    [Fact]
    public async Task Update_OfAnOpenPayment_ChangesItsMoneyAndMetadata()
    {
        var open = await _desk.Api.PaymentIntents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = 100,
                Currency = "usd",
                Metadata = new() { ["a"] = "1", ["b"] = "2" },
            }
        );

        var changed = await _desk.Api.PaymentIntents.UpdateAsync(
            open.Id,
            new PaymentIntentUpdateOptions
            {
                Amount = 4582,
                PaymentMethod = "pm_card_visa",
                Metadata = new() { ["a"] = "" },
            }
        );

        Assert.Equal((4582, "requires_confirmation"), (changed.Amount, changed.Status));
        Assert.Equal(new() { ["b"] = "2" }, changed.Metadata);
    }

    [Fact]
    public async Task Update_OfAPaidPayment_TakesTextsButNoMoney()
    {
        var paid = await _desk.Pay();

        var described = await _desk.Api.PaymentIntents.UpdateAsync(paid.Id, new PaymentIntentUpdateOptions { Description = "Invoice 7" });
        await StripeDesk.Refused(
            () => _desk.Api.PaymentIntents.UpdateAsync(paid.Id, new PaymentIntentUpdateOptions { Amount = 1 }),
            code: "payment_intent_unexpected_state"
        );

        Assert.Equal("Invoice 7", described.Description);
    }

    [Fact]
    public async Task Update_WithAnEmptyValue_EmptiesIt()
    {
        var open = await _desk.Api.PaymentIntents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = 100,
                Currency = "usd",
                ReceiptEmail = "client@example.com",
            }
        );

        var changed = await _desk.Api.PaymentIntents.UpdateAsync(open.Id, new PaymentIntentUpdateOptions { ReceiptEmail = null });

        Assert.Null(changed.ReceiptEmail);
    }

    [Theory]
    [InlineData("off_session", true)]
    [InlineData("on_session", true)]
    [InlineData(null, false)]
    public async Task SetupFutureUsage_KeepsTheMethodForTheCustomer(string? usage, bool kept)
    {
        var customer = await _desk.NewCustomer();
        var paid = await _desk.Api.PaymentIntents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = 4582,
                Currency = "usd",
                Customer = customer,
                PaymentMethod = "pm_card_visa",
                SetupFutureUsage = usage,
                Confirm = true,
            }
        );

        var methods = await _desk.Api.Customers.PaymentMethods.ListAsync(customer);

        Assert.Equal(kept ? [paid.PaymentMethodId] : [], methods.Data.Select(m => m.Id));
        Assert.Equal(kept, (await _desk.Events()).Contains("payment_method.attached"));
    }

    [Fact]
    public async Task Method_UsedWithoutACustomer_IsSpent()
    {
        var paid = await _desk.Pay();

        await StripeDesk.Refused(() => _desk.Pay(paid.PaymentMethodId), code: "payment_method_unexpected_state");
    }

    [Fact]
    public async Task OffSession_WithoutConfirm_IsRefused()
    {
        var options = new PaymentIntentCreateOptions
        {
            Amount = 100,
            Currency = "usd",
            OffSession = true,
        };

        await StripeDesk.Refused(() => _desk.Api.PaymentIntents.CreateAsync(options));
    }
}
