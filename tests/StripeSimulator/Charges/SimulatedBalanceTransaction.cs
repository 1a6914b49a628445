using System.Text.Json.Nodes;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Charges;

/// <summary>A movement of the account's balance. It settles in the currency it was charged in.</summary>
/// <param name="Amount">Below zero when money leaves.</param>
/// <param name="Type">charge, payment, refund, payment_refund, refund_failure or adjustment.</param>
/// <param name="Source">The charge, refund or dispute it is of.</param>
internal sealed record SimulatedBalanceTransaction(
    string Id,
    long Amount,
    long Fee,
    string Currency,
    string Type,
    string Source,
    bool Livemode,
    long Created
) : IStripeObject
{
    private const long DaysUntilAvailable = 2 * 24 * 60 * 60;

    /// <summary>Stripe's ordinary fee for a card: 2.9 % and 30 of the smallest unit.</summary>
    public static long FeeOf(long amount) => (long)Math.Round(amount * 0.029m, MidpointRounding.AwayFromZero) + 30;

    public static string Add(StripeState state, SimulatedCharge of, string type, string source, long amount, long fee = 0)
    {
        var id = StripeId.New("txn");
        state.Put(new SimulatedBalanceTransaction(id, amount, fee, of.Currency, type, source, of.Livemode, state.Now));
        return id;
    }

    public JsonObject ToJson() =>
        new()
        {
            ["id"] = Id,
            ["object"] = "balance_transaction",
            ["amount"] = Amount,
            ["available_on"] = Created + DaysUntilAvailable,
            ["created"] = Created,
            ["currency"] = Currency,
            ["description"] = null,
            ["exchange_rate"] = null,
            ["fee"] = Fee,
            ["fee_details"] = Fee == 0 ? new JsonArray() : new JsonArray(FeeDetail()),
            ["net"] = Amount - Fee,
            ["reporting_category"] = Source.StartsWith("dp", StringComparison.Ordinal)
                ? Amount < 0
                    ? "dispute"
                    : "dispute_reversal"
                : Type,
            ["source"] = Source,
            ["status"] = "pending",
            ["type"] = Type,
        };

    private JsonObject FeeDetail() =>
        new()
        {
            ["amount"] = Fee,
            ["application"] = null,
            ["currency"] = Currency,
            ["description"] = Type == "adjustment" ? "Dispute fee" : "Stripe processing fees",
            ["type"] = "stripe_fee",
        };
}
