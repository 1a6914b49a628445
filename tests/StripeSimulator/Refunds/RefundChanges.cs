using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Refunds;

/// <summary>The life of a refund, with what it does to its charge.</summary>
internal static class RefundChanges
{
    // How long the test cards that refund by and by take for it.
    private const long Later = 60;

    /// <param name="status">Null for as the payment's card does.</param>
    public static SimulatedRefund Make(
        StripeState state,
        SimulatedCharge charge,
        long amount,
        string? reason,
        IReadOnlyDictionary<string, string> metadata,
        string? status = null
    )
    {
        var aftermath = charge.Method?.Test.Aftermath;
        var id = StripeId.New("re");
        var begun = status ?? (aftermath == Aftermath.RefundPending ? RefundStatus.Pending : RefundStatus.Succeeded);
        var refund = state.Put(
            new SimulatedRefund(id, charge.Id, charge.PaymentIntent, amount, charge.Currency, begun, charge.Livemode, state.Now)
            {
                Reason = reason,
                Metadata = metadata,
                PendingReason = begun == RefundStatus.Pending ? "processing" : null,
                BalanceTransaction = SimulatedBalanceTransaction.Add(state, charge, "refund", id, -amount),
            }
        );
        var refunded = state.Put(charge with { AmountRefunded = charge.AmountRefunded + amount });
        EventLog.Add(state, "refund.created", refund);
        EventLog.Updated(state, "charge.refunded", charge, refunded);
        Disputing.Refunded(state, refunded);
        if (status is null && aftermath is Aftermath.RefundPending or Aftermath.RefundFails)
            Due.In(state, id, Later);
        return refund;
    }

    public static SimulatedRefund Move(StripeState state, SimulatedRefund refund, string status, string? failureReason = null)
    {
        Due.Never(state, refund.Id);
        var moved = refund with
        {
            Status = status,
            FailureReason = status == RefundStatus.Failed ? failureReason ?? "unknown" : null,
            PendingReason = status == RefundStatus.Pending ? "processing" : null,
        };
        if (refund.Counts != moved.Counts)
            moved = ReturnTo(state, moved);
        state.Put(moved);
        EventLog.Updated(state, "refund.updated", refund, moved);
        EventLog.Updated(state, "charge.refund.updated", refund, moved);
        if (status == RefundStatus.Failed && refund.Status != RefundStatus.Failed)
            EventLog.Add(state, "refund.failed", moved);
        return moved;
    }

    public static void ByItself(StripeState state, SimulatedRefund refund)
    {
        if (refund.Status == RefundStatus.Pending)
            Move(state, refund, RefundStatus.Succeeded);
        else if (refund.Status == RefundStatus.Succeeded)
            Move(state, refund, RefundStatus.Failed, "expired_or_canceled_card");
    }

    // The money comes back to the account, or leaves it after all.
    private static SimulatedRefund ReturnTo(StripeState state, SimulatedRefund refund)
    {
        var charge = state.Find<SimulatedCharge>(refund.Charge)!;
        var amount = refund.Counts ? -refund.Amount : refund.Amount;
        var movement = SimulatedBalanceTransaction.Add(state, charge, refund.Counts ? "refund" : "refund_failure", refund.Id, amount);
        var changed = state.Put(charge with { AmountRefunded = charge.AmountRefunded - amount });
        EventLog.Updated(state, "charge.updated", charge, changed);
        return refund with { FailureBalanceTransaction = refund.Counts ? null : movement };
    }
}
