using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Disputes;

/// <summary>The life of a dispute: who has the money, and which events say so.</summary>
internal static class Disputing
{
    private const long Day = 24 * 60 * 60;

    /// <summary>How long an inquiry waits before it closes by itself, and how long evidence is taken.</summary>
    private const long Inquiry = 120 * Day;
    public const long Answer = 9 * Day;

    // US dollars' minor units, and as many of any other currency's.
    private const long Fee = 1500;

    /// <summary>Takes everything about the dispute but its movements from <paramref name="given"/>.</summary>
    public static SimulatedDispute Open(StripeState state, SimulatedDispute given)
    {
        var charge = state.Find<SimulatedCharge>(given.Charge)!;
        var disputed = state.Put(charge with { Disputed = true });
        var dispute = state.Put(given.HoldsMoney ? Withdraw(state, given) : given);
        if (dispute.IsInquiry)
            Due.In(state, dispute.Id, Inquiry);
        EventLog.Updated(state, "charge.updated", charge, disputed);
        EventLog.Add(state, "charge.dispute.created", dispute);
        if (dispute.HoldsMoney)
            EventLog.Add(state, "charge.dispute.funds_withdrawn", dispute);
        return dispute;
    }

    public static SimulatedDispute Open(StripeState state, SimulatedCharge charge, string status, string reason) =>
        Open(
            state,
            new SimulatedDispute(
                StripeId.New("dp"),
                charge.Id,
                charge.PaymentIntent,
                charge.Amount,
                charge.Currency,
                status,
                charge.Livemode,
                state.Now
            )
            {
                Reason = reason,
                DueBy = state.Now + Answer,
            }
        );

    public static SimulatedDispute Move(StripeState state, SimulatedDispute dispute, string status)
    {
        Due.Never(state, dispute.Id);
        var moved = dispute with { Status = status };
        if (moved.HoldsMoney && !dispute.HoldsMoney)
            moved = Withdraw(state, moved);
        else if (dispute.HoldsMoney && !moved.HoldsMoney)
            moved = Reinstate(state, moved);
        state.Put(moved);
        EventLog.Updated(state, moved.IsClosed && !dispute.IsClosed ? "charge.dispute.closed" : "charge.dispute.updated", dispute, moved);
        if (moved.HoldsMoney != dispute.HoldsMoney)
            EventLog.Add(state, moved.HoldsMoney ? "charge.dispute.funds_withdrawn" : "charge.dispute.funds_reinstated", moved);
        return moved;
    }

    /// <summary>A full refund answers an inquiry.</summary>
    public static void Refunded(StripeState state, SimulatedCharge charge)
    {
        if (charge.AmountRefunded == charge.Amount)
            foreach (var inquiry in Of(state, charge).Where(d => d.IsInquiry && !d.IsClosed))
                Move(state, inquiry, DisputeStatus.WarningClosed);
    }

    public static bool HoldsMoney(StripeState state, SimulatedCharge charge) => charge.Disputed && Of(state, charge).Any(d => d.HoldsMoney);

    /// <summary>An inquiry is over, or evidence was read: Stripe's words for tests decide, and a person's wait for a control.</summary>
    public static void ByItself(StripeState state, SimulatedDispute dispute)
    {
        var status = dispute.Evidence switch
        {
            "winning_evidence" => dispute.IsInquiry ? DisputeStatus.WarningClosed : DisputeStatus.Won,
            "losing_evidence" => dispute.IsInquiry ? DisputeStatus.WarningClosed : DisputeStatus.Lost,
            "escalate_inquiry_evidence" => DisputeStatus.NeedsResponse,
            null => DisputeStatus.WarningClosed,
            _ => null,
        };
        if (status is not null && !dispute.IsClosed)
            Move(state, dispute, status);
    }

    private static IEnumerable<SimulatedDispute> Of(StripeState state, SimulatedCharge charge) =>
        state.All<SimulatedDispute>().Where(d => d.Charge == charge.Id);

    private static SimulatedDispute Withdraw(StripeState state, SimulatedDispute dispute) =>
        With(state, dispute, -dispute.Amount, dispute.BalanceTransactions.Count == 0 ? Fee : 0);

    private static SimulatedDispute Reinstate(StripeState state, SimulatedDispute dispute) => With(state, dispute, dispute.Amount, 0);

    private static SimulatedDispute With(StripeState state, SimulatedDispute dispute, long amount, long fee)
    {
        var charge = state.Find<SimulatedCharge>(dispute.Charge)!;
        var movement = SimulatedBalanceTransaction.Add(state, charge, "adjustment", dispute.Id, amount, fee);
        return dispute with { BalanceTransactions = [.. dispute.BalanceTransactions, movement] };
    }
}
