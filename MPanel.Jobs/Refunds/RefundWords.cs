using MPanel.Database.Refunds;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Refunds;

/// <summary>What the timeline says of a refund.</summary>
internal static class RefundWords
{
    /// <param name="state">That it came to.</param>
    public static string Line(ReportedRefund refund, string state)
    {
        var amount = Money.Text(refund.Amount, refund.Currency);
        return state switch
        {
            RefundState.Pending => $"A refund of {amount} is under way ({refund.StripeId})",
            RefundState.Succeeded => $"{amount} were refunded ({refund.StripeId})",
            RefundState.Failed =>
                $"The refund of {amount} failed: {refund.Failure} ({refund.StripeId}). The customer is still owed the money",
            _ => $"The refund of {amount} was cancelled at Stripe ({refund.StripeId})",
        };
    }
}
