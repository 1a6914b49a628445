using Dapper;
using Npgsql;

namespace MPanel.Database.Refunds;

/// <summary>A payment whose row is the caller's until the transaction ends. Whoever moves its money holds it: payment first, then invoice, then series.</summary>
/// <param name="IntakeId">Of the order it paid; null for none.</param>
/// <param name="Amount">Major units, as all of these.</param>
/// <param name="Allocated">To invoices, or to the customer's credit.</param>
/// <param name="Refunding">Asked for, and not ended.</param>
/// <param name="Disputed">Taken back by the bank.</param>
public sealed record LockedPayment(
    long Id,
    long? IntakeId,
    decimal Amount,
    string Currency,
    decimal Allocated,
    decimal Refunding,
    decimal Refunded,
    decimal Disputed
)
{
    /// <summary>Null when the panel knows no such payment.</summary>
    public static Task<LockedPayment?> Of(NpgsqlTransaction transaction, string paymentIntentId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<LockedPayment>(
            """
            select id, intake_id, amount, currency, allocated + to_credit as allocated, refunding, refunded, disputed from payments
            where stripe_payment_intent_id = @paymentIntentId
            for no key update
            """,
            new { paymentIntentId },
            transaction
        );

    /// <summary>The same payment as its row is by now.</summary>
    public Task<LockedPayment> Again(NpgsqlTransaction transaction) =>
        transaction.Connection!.QuerySingleAsync<LockedPayment>(
            "select id, intake_id, amount, currency, allocated + to_credit as allocated, refunding, refunded, disputed from payments where id = @Id",
            new { Id },
            transaction
        );
}
