using MPanel.Database.Refunds;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Refunds;

/// <summary>What the timeline says of a refund.</summary>
internal static class RefundWords
{
    public static string Line(ReportedRefund refund, RefundChange change)
    {
        var amount = Money.Text(refund.Amount, refund.Currency);
        return change switch
        {
            { State: RefundState.Pending } => $"A refund of {amount} is under way ({refund.StripeId})",
            { State: RefundState.Succeeded } => $"{amount} were refunded ({refund.StripeId})",
            { HadGone: true } => $"{amount} came back: {refund.Failure} ({refund.StripeId}). The customer is still owed the money",
            { State: RefundState.Failed } => $"The refund of {amount} failed: {refund.Failure} ({refund.StripeId}). No money went back",
            _ => $"The refund of {amount} was cancelled at Stripe ({refund.StripeId}). No money went back",
        };
    }
}
