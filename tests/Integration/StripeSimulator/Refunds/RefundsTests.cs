using System.Net;
using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Refunds;

public sealed class RefundsTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await StripeDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Create_OfAPart_KeepsReasonAndMetadata()
    {
        var paid = await _desk.Pay();

        var refund = await Refund(paid.Id, 1000, new() { ["request"] = "7" });
        var read = await _desk.Api.Refunds.GetAsync(refund.Id);
        var charge = await _desk.Api.Charges.GetAsync(paid.LatestChargeId);

        Assert.Equal(("succeeded", 1000, "requested_by_customer", "7"), (read.Status, read.Amount, read.Reason, read.Metadata["request"]));
        Assert.Equal((1000, false), (charge.AmountRefunded, charge.Refunded));
    }

    [Fact]
    public async Task List_OfAPaymentOrCharge_HasItsOwnOnly()
    {
        var (mine, other) = (await _desk.Pay(), await _desk.Pay());
        var (first, second) = (await Refund(mine.Id, 1000), await Refund(mine.Id, 500));
        await Refund(other.Id, 700);

        var byPayment = await _desk.Api.Refunds.ListAsync(new RefundListOptions { PaymentIntent = mine.Id });
        var byCharge = await _desk.Api.Refunds.ListAsync(new RefundListOptions { Charge = mine.LatestChargeId });

        Assert.Equal([second.Id, first.Id], byPayment.Data.Select(r => r.Id));
        Assert.Equal(byPayment.Data.Select(r => r.Id), byCharge.Data.Select(r => r.Id));
    }

    [Fact]
    public async Task Create_MoreThanIsLeft_HasNoCodeAndNamesTheAmount()
    {
        var paid = await _desk.Pay(amount: 2000);
        await Refund(paid.Id, 1100);

        var refused = await StripeDesk.Refused(() => Refund(paid.Id, 2000));

        Assert.Equal("amount", refused.StripeError.Param);
        Assert.Equal("Refund amount ($20.00) is greater than unrefunded amount on charge ($9.00)", refused.StripeError.Message);
    }

    [Fact]
    public async Task Create_OfWhatIsRefundedAlready_SaysSo()
    {
        var paid = await _desk.Pay();
        await Refund(paid.Id, null);

        await StripeDesk.Refused(() => Refund(paid.Id, null), code: "charge_already_refunded");
    }

    [Theory]
    [InlineData("pm_card_createDispute", "charge_disputed")]
    [InlineData("pm_card_createDisputeInquiry", null)]
    public async Task Create_OfADisputedCharge_IsRefusedUnlessItIsAnInquiry(string method, string? code)
    {
        var paid = await _desk.Pay(method);

        if (code is null)
            Assert.Equal("succeeded", (await Refund(paid.Id, 1000)).Status);
        else
            await StripeDesk.Refused(() => Refund(paid.Id, 1000), code: code);
    }

    [Fact]
    public async Task Create_OfADeclinedPayment_IsRefused()
    {
        var payment = await _desk.Api.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions { Amount = 4582, Currency = "usd" });

        var refused = await StripeDesk.Refused(() => Refund(payment.Id, null));

        Assert.Equal("payment_intent", refused.StripeError.Param);
    }

    [Fact]
    public async Task Create_WithAReasonThatIsNone_IsRefused()
    {
        var paid = await _desk.Pay();

        await StripeDesk.Refused(() =>
            _desk.Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Reason = "other" })
        );
    }

    [Fact]
    public async Task Create_SameKeyTwice_RefundsOnce()
    {
        var paid = await _desk.Pay();

        var first = await Refund(paid.Id, 1000, key: "key-1");
        var second = await Refund(paid.Id, 1000, key: "key-1");

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(1000, (await _desk.Api.Charges.GetAsync(paid.LatestChargeId)).AmountRefunded);
    }

    [Fact]
    public async Task PendingCard_RefundSucceedsLater()
    {
        var refund = await Refund((await _desk.Pay("pm_card_pendingRefund")).Id, null);
        await _desk.Stripe.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(("pending", "processing"), (refund.Status, refund.PendingReason));
        Assert.Equal("succeeded", (await _desk.Api.Refunds.GetAsync(refund.Id)).Status);
    }

    [Fact]
    public async Task FailingCard_RefundFailsLaterAndTheChargeIsUnrefunded()
    {
        var paid = await _desk.Pay("pm_card_refundFail");
        var refund = await Refund(paid.Id, null);
        await _desk.Stripe.Advance(TimeSpan.FromMinutes(2));

        var failed = await _desk.Api.Refunds.GetAsync(refund.Id);
        var charge = await _desk.Api.Charges.GetAsync(paid.LatestChargeId);

        Assert.Equal("succeeded", refund.Status);
        Assert.Equal(("failed", "expired_or_canceled_card"), (failed.Status, failed.FailureReason));
        Assert.NotNull(failed.FailureBalanceTransactionId);
        Assert.Equal((0, false), (charge.AmountRefunded, charge.Refunded));
        Assert.Equal("succeeded", (await Refund(paid.Id, 1000)).Status);
    }

    [Fact]
    public async Task Control_MakesARefundFail()
    {
        var paid = await _desk.Pay();
        var refund = await Refund(paid.Id, 1000);

        await _desk.Post($"refunds/{refund.Id}/move", new { status = "failed", failure_reason = "lost_or_stolen_card" });

        Assert.Equal("lost_or_stolen_card", (await _desk.Api.Refunds.GetAsync(refund.Id)).FailureReason);
        Assert.Equal(0, (await _desk.Api.Charges.GetAsync(paid.LatestChargeId)).AmountRefunded);
    }

    [Fact]
    public async Task Control_RefundsAtTheDashboard()
    {
        var paid = await _desk.Pay();

        var made = await _desk.Post(
            "refunds",
            new
            {
                of = paid.Id,
                amount = 1000,
                reason = "duplicate",
            }
        );

        var refund = Assert.Single((await _desk.Api.Refunds.ListAsync(new RefundListOptions { PaymentIntent = paid.Id })).Data);
        Assert.Equal((made.GetProperty("id").GetString(), 1000, "duplicate"), (refund.Id, refund.Amount, refund.Reason));
        Assert.Empty(refund.Metadata);
    }

    [Fact]
    public async Task Update_OfMetadata_ReplacesWhatIsNamed()
    {
        var paid = await _desk.Pay();
        var refund = await Refund(paid.Id, 1000, new() { ["a"] = "1", ["b"] = "2" });

        var changed = await _desk.Api.Refunds.UpdateAsync(
            refund.Id,
            new RefundUpdateOptions
            {
                Metadata = new() { ["a"] = "", ["c"] = "3" },
            }
        );

        Assert.Equal(new() { ["b"] = "2", ["c"] = "3" }, changed.Metadata);
    }

    [Fact]
    public async Task Cancel_OnlyWhileTheCustomerIsAsked()
    {
        var paid = await _desk.Pay();
        var asking = await _desk.Post(
            "refunds",
            new
            {
                of = paid.Id,
                amount = 1000,
                status = "requires_action",
            }
        );
        var done = await Refund(paid.Id, 1000);

        var canceled = await _desk.Api.Refunds.CancelAsync(asking.GetProperty("id").GetString());

        Assert.Equal("canceled", canceled.Status);
        await StripeDesk.Refused(() => _desk.Api.Refunds.CancelAsync(done.Id));
        Assert.Equal(1000, (await _desk.Api.Charges.GetAsync(paid.LatestChargeId)).AmountRefunded);
    }

    [Fact]
    public async Task Get_OfNothing_IsMissing() =>
        await StripeDesk.Refused(() => _desk.Api.Refunds.GetAsync("re_none"), HttpStatusCode.NotFound, "resource_missing");

    private Task<Refund> Refund(string payment, long? amount, Dictionary<string, string>? metadata = null, string? key = null) =>
        _desk.Api.Refunds.CreateAsync(
            new RefundCreateOptions
            {
                PaymentIntent = payment,
                Amount = amount,
                Reason = "requested_by_customer",
                Metadata = metadata ?? [],
            },
            new RequestOptions { IdempotencyKey = key }
        );
}
