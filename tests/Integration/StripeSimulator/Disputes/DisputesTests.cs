using Stripe;

namespace MPanel.Tests.Integration.StripeSimulator.Disputes;

public sealed class DisputesTests : IAsyncLifetime
{
    private StripeDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await StripeDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Card_ThatIsDisputedAtOnce_LosesTheMoneyAndAFee()
    {
        var paid = await _desk.Pay("pm_card_createDispute");

        var dispute = Assert.Single((await _desk.Api.Disputes.ListAsync(new DisputeListOptions { PaymentIntent = paid.Id })).Data);
        var charge = await _desk.Api.Charges.GetAsync(paid.LatestChargeId);

        Assert.Equal(("needs_response", 4582, "fraudulent"), (dispute.Status, dispute.Amount, dispute.Reason));
        Assert.Equal((-4582, 1500, -6082), Money(Assert.Single(dispute.BalanceTransactions)));
        Assert.InRange(dispute.EvidenceDetails.DueBy!.Value - dispute.Created, TimeSpan.FromDays(8), TimeSpan.FromDays(10));
        Assert.True(charge.Disputed);
        Assert.Equal("succeeded", (await _desk.Api.PaymentIntents.GetAsync(paid.Id)).Status);
    }

    [Theory]
    [InlineData("won", new long[] { -4582, 4582 })]
    [InlineData("lost", new long[] { -4582 })]
    public async Task Dispute_UnderReview_ClosesAndMovesTheMoney(string end, long[] moved)
    {
        var id = await Open();

        await Move(id, "under_review");
        await Move(id, end);

        var dispute = await _desk.Api.Disputes.GetAsync(id);
        Assert.Equal(end, dispute.Status);
        Assert.Equal(moved, dispute.BalanceTransactions.Select(t => t.Amount));
    }

    [Fact]
    public async Task Dispute_LostAndThenWon_GivesTheMoneyBack()
    {
        var id = await Open();
        await Move(id, "lost");

        await Move(id, "won");

        var dispute = await _desk.Api.Disputes.GetAsync(id);
        Assert.Equal(["-4582", "4582"], dispute.BalanceTransactions.Select(t => $"{t.Amount}"));
    }

    [Fact]
    public async Task Inquiry_MovesNoMoneyUntilItEscalates()
    {
        var id = await Open("warning_needs_response");
        var inquiry = await _desk.Api.Disputes.GetAsync(id);

        await Move(id, "needs_response");
        var escalated = await _desk.Api.Disputes.GetAsync(id);

        Assert.Empty(inquiry.BalanceTransactions);
        Assert.True(inquiry.IsChargeRefundable);
        Assert.Single(escalated.BalanceTransactions);
        Assert.False(escalated.IsChargeRefundable);
    }

    [Fact]
    public async Task Inquiry_AfterAFullRefund_IsClosed()
    {
        var paid = await _desk.Pay("pm_card_createDisputeInquiry");

        await _desk.Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id });

        Assert.Equal("warning_closed", (await Only(paid.Id)).Status);
    }

    [Fact]
    public async Task Inquiry_AfterFourMonths_IsClosed()
    {
        var paid = await _desk.Pay("pm_card_createDisputeInquiry");

        await _desk.Stripe.Advance(TimeSpan.FromDays(120));

        Assert.Equal("warning_closed", (await Only(paid.Id)).Status);
    }

    [Theory]
    [InlineData("winning_evidence", "won")]
    [InlineData("losing_evidence", "lost")]
    [InlineData("We sent it.", "under_review")]
    public async Task Evidence_IsReadAfterItWasHandedIn(string text, string end)
    {
        var id = await Open();

        var submitted = await _desk.Api.Disputes.UpdateAsync(
            id,
            new DisputeUpdateOptions { Evidence = new() { UncategorizedText = text } }
        );

        Assert.Equal(("under_review", true), (submitted.Status, submitted.EvidenceDetails.HasEvidence));
        Assert.Equal(end, (await _desk.Api.Disputes.GetAsync(id)).Status);
    }

    [Fact]
    public async Task Close_IsLost()
    {
        var id = await Open();

        Assert.Equal("lost", (await _desk.Api.Disputes.CloseAsync(id)).Status);
        await StripeDesk.Refused(() => _desk.Api.Disputes.CloseAsync(id), code: "dispute_already_closed");
    }

    [Fact]
    public async Task Control_OpensADisputeOfAPartWithoutADate()
    {
        var paid = await _desk.Pay();

        await _desk.Post(
            "disputes",
            new
            {
                of = paid.LatestChargeId,
                amount = 1000,
                reason = "duplicate",
                without_due_by = true,
            }
        );

        var dispute = await Only(paid.Id);
        Assert.Equal((1000, "duplicate", null), (dispute.Amount, dispute.Reason, dispute.EvidenceDetails.DueBy));
    }

    [Fact]
    public async Task Won_IsRefundableAgain()
    {
        var id = await Open();
        await Move(id, "won");
        var dispute = await _desk.Api.Disputes.GetAsync(id);

        var refund = await _desk.Api.Refunds.CreateAsync(new RefundCreateOptions { Charge = dispute.ChargeId });

        Assert.Equal("succeeded", refund.Status);
    }

    [Fact]
    public async Task EarlyFraudWarning_OfACharge_IsListed()
    {
        var paid = await _desk.Pay();
        await _desk.Post("early_fraud_warnings", new { of = paid.Id });

        var warnings = await _desk.Api.Radar.EarlyFraudWarnings.ListAsync(new() { Charge = paid.LatestChargeId });

        var warning = Assert.Single(warnings.Data);
        Assert.Equal((true, "made_with_stolen_card", paid.Id), (warning.Actionable, warning.FraudType, warning.PaymentIntentId));
    }

    private async Task<string> Open(string status = "needs_response")
    {
        var paid = await _desk.Pay();
        return (await _desk.Post("disputes", new { of = paid.Id, status })).GetProperty("id").GetString()!;
    }

    private Task Move(string id, string status) => _desk.Post($"disputes/{id}/move", new { status });

    private async Task<Dispute> Only(string payment) =>
        Assert.Single((await _desk.Api.Disputes.ListAsync(new DisputeListOptions { PaymentIntent = payment })).Data);

    private static (long, long, long) Money(BalanceTransaction movement) => (movement.Amount, movement.Fee, movement.Net);
}
