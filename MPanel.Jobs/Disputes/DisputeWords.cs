using MPanel.Database.Disputes;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Disputes;

/// <summary>What the timeline says of a dispute.</summary>
internal static class DisputeWords
{
    public static string Line(ReportedDispute dispute, DisputeChange change)
    {
        var amount = Money.Text(dispute.Amount, dispute.Currency);
        var what = dispute.Status switch
        {
            DisputeState.Inquiry => $"The bank asks about {amount}: {dispute.Reason}. No money has moved",
            DisputeState.NeedsResponse => $"The bank took {amount} back until it has decided: {dispute.Reason}. It waits for evidence",
            DisputeState.UnderReview => $"The bank decides about {amount}: {dispute.Reason}",
            DisputeState.Won => $"The dispute about {amount} is won: the money is back",
            DisputeState.Lost => $"The dispute about {amount} is lost: the money is gone",
            _ => $"The question about {amount} is closed: no money has moved",
        };
        var less = DisputeState.Booked(dispute.Status) != DisputeBooking.None && change.Booked < dispute.Amount;
        return less
            ? $"{what} ({dispute.StripeId}). {Money.Text(change.Booked, dispute.Currency)} of it were left of the payment"
            : $"{what} ({dispute.StripeId})";
    }
}
