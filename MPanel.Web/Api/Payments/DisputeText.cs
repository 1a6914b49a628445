using MPanel.Database.Disputes;

namespace MPanel.Web.Api.Payments;

/// <summary>What a dispute means, in plain words.</summary>
public static class DisputeText
{
    /// <summary>Whether Stripe waits for evidence, by its own word.</summary>
    public static bool NeedsAnswer(DisputeRow dispute) => dispute.StripeStatus.EndsWith("needs_response", StringComparison.Ordinal);

    /// <summary>What is so, and whether an answer is needed.</summary>
    public static string Meaning(DisputeRow dispute) =>
        dispute.Status switch
        {
            DisputeState.Inquiry when NeedsAnswer(dispute) =>
                "The bank asks, and no money has moved. An answer or a full refund may keep it from becoming a dispute.",
            DisputeState.Inquiry => "The bank reads the answer. No money has moved, and nothing is to be done.",
            DisputeState.NeedsResponse => "The bank has the money and waits for evidence. Without an answer in time it is lost.",
            DisputeState.UnderReview => "The bank has the money and decides. Nothing is to be done.",
            DisputeState.Won => "The money is back. Stripe keeps its fee.",
            DisputeState.Lost => "The money is gone. An answer counts no longer, and Stripe refunds nothing of such a payment.",
            _ => "It is over, and no money has moved.",
        };

    /// <summary>What stands in the books where that isn't the whole amount; null where it is.</summary>
    public static string? WhyLess(DisputeRow dispute) =>
        dispute.Booked == DisputeBooking.None || dispute.BookedAmount == dispute.Amount
            ? null
            : "Less than the whole is in the books: the rest was refunded before, or is in another currency.";
}
