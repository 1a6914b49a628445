using System.Text.Json.Nodes;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Refunds;

/// <param name="Status">pending, requires_action, succeeded, failed or canceled.</param>
internal sealed record SimulatedRefund(
    string Id,
    string Charge,
    string PaymentIntent,
    long Amount,
    string Currency,
    string Status,
    bool Livemode,
    long Created
) : IStripeObject
{
    public string? Reason { get; init; }

    /// <summary>Of a failed one.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Of a pending one.</summary>
    public string? PendingReason { get; init; }
    public string? BalanceTransaction { get; init; }
    public string? FailureBalanceTransaction { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether its amount counts as given back.</summary>
    public bool Counts => Status is not (RefundStatus.Failed or RefundStatus.Canceled);
}

internal static class RefundStatus
{
    public const string Pending = "pending";
    public const string RequiresAction = "requires_action";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Canceled = "canceled";

    public static string[] All { get; } = [Pending, RequiresAction, Succeeded, Failed, Canceled];
}

/// <summary>https://docs.stripe.com/api/refunds/object</summary>
internal static class RefundJson
{
    public static JsonObject ToJson(this SimulatedRefund refund)
    {
        var json = new JsonObject
        {
            ["id"] = refund.Id,
            ["object"] = "refund",
            ["amount"] = refund.Amount,
            ["balance_transaction"] = refund.BalanceTransaction,
            ["charge"] = refund.Charge,
            ["created"] = refund.Created,
            ["currency"] = refund.Currency,
            ["destination_details"] = new JsonObject
            {
                ["card"] = new JsonObject
                {
                    ["reference_status"] = "pending",
                    ["reference_type"] = "acquirer_reference_number",
                    ["type"] = "refund",
                },
                ["type"] = "card",
            },
            ["metadata"] = StripeJson.OfTexts(refund.Metadata),
            ["payment_intent"] = refund.PaymentIntent,
            ["reason"] = refund.Reason,
            ["receipt_number"] = null,
            ["source_transfer_reversal"] = null,
            ["status"] = refund.Status,
            ["transfer_reversal"] = null,
        };
        // These stand in the object only where they say something.
        if (refund.FailureReason is not null)
            json["failure_reason"] = refund.FailureReason;
        if (refund.FailureBalanceTransaction is not null)
            json["failure_balance_transaction"] = refund.FailureBalanceTransaction;
        if (refund.PendingReason is not null)
            json["pending_reason"] = refund.PendingReason;
        return json;
    }
}
