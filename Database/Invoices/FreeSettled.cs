using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>What settled a part of an invoice: a payment, or an entry of the customer's credit.</summary>
/// <param name="Amount">Of it that still settles the invoice, major units.</param>
public sealed record Settlement(long? PaymentId, long? CreditEntryId, decimal Amount);

/// <param name="Held">The bank, or a refund that is under way, has some of its money, or may take it.</param>
public sealed record SettlingPayment(long Id, bool Held);

/// <summary>Takes back what settled an invoice, so that it can become credit.</summary>
public static class FreeSettled
{
    /// <summary>Locks the payments that settled the invoice, as must be done before the invoice is.</summary>
    public static async Task<IReadOnlyList<SettlingPayment>> Lock(NpgsqlTransaction transaction, long invoiceId) =>
        (
            await transaction.Connection!.QueryAsync<SettlingPayment>(
                """
                select p.id, p.refunding > 0 or p.disputed > 0 or p.status = 'disputed' as held from payments p
                where p.id in (select payment_id from allocations where invoice_id = @invoiceId and payment_id is not null)
                order by p.id
                for no key update
                """,
                new { invoiceId },
                transaction
            )
        ).AsList();

    /// <summary>The latest first. The invoice is locked by the caller.</summary>
    public static async Task<IReadOnlyList<Settlement>> Of(NpgsqlTransaction transaction, long invoiceId) =>
        (
            await transaction.Connection!.QueryAsync<Settlement>(
                """
                select payment_id, credit_entry_id, sum(amount) as amount from allocations where invoice_id = @invoiceId
                group by payment_id, credit_entry_id having sum(amount) > 0 order by max(id) desc
                """,
                new { invoiceId },
                transaction
            )
        ).AsList();

    /// <param name="source">Of the allocation below zero.</param>
    public static Task Run(NpgsqlTransaction transaction, long invoiceId, Settlement settlement, decimal amount, string source) =>
        transaction.Connection!.ExecuteAsync(
            """
            insert into allocations (invoice_id, payment_id, credit_entry_id, amount, source)
            values (@invoiceId, @PaymentId, @CreditEntryId, -@amount, @source);
            update payments set allocated = allocated - @amount, to_credit = to_credit + @amount, updated_at = now() where id = @PaymentId;
            """,
            new
            {
                invoiceId,
                settlement.PaymentId,
                settlement.CreditEntryId,
                amount,
                source,
            },
            transaction
        );
}
