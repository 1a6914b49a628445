using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Disputes;

/// <summary>https://docs.stripe.com/api/disputes/object</summary>
internal static class DisputeJson
{
    public static JsonObject ToJson(this SimulatedDispute dispute, StripeState state) =>
        new()
        {
            ["id"] = dispute.Id,
            ["object"] = "dispute",
            ["amount"] = dispute.Amount,
            ["balance_transactions"] = new JsonArray([
                .. dispute.BalanceTransactions.Select(id => (JsonNode?)state.Find<SimulatedBalanceTransaction>(id)?.ToJson()),
            ]),
            ["charge"] = dispute.Charge,
            ["created"] = dispute.Created,
            ["currency"] = dispute.Currency,
            ["enhanced_eligibility_types"] = new JsonArray(),
            ["evidence"] = new JsonObject { ["uncategorized_text"] = dispute.Evidence },
            ["evidence_details"] = new JsonObject
            {
                ["due_by"] = dispute.DueBy,
                ["has_evidence"] = dispute.Evidence is not null,
                ["past_due"] = dispute.DueBy < state.Now,
                ["submission_count"] = dispute.Evidence is null ? 0 : 1,
            },
            ["is_charge_refundable"] = dispute.IsInquiry && !dispute.IsClosed,
            ["livemode"] = dispute.Livemode,
            ["metadata"] = StripeJson.OfTexts(dispute.Metadata),
            ["payment_intent"] = dispute.PaymentIntent,
            ["payment_method_details"] = new JsonObject
            {
                ["card"] = new JsonObject
                {
                    ["brand"] = "visa",
                    ["case_type"] = dispute.IsInquiry ? "inquiry" : "chargeback",
                    ["network_reason_code"] = "83",
                },
                ["type"] = "card",
            },
            ["reason"] = dispute.Reason,
            ["status"] = dispute.Status,
        };
}
