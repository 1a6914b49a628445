using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>A payment that a person found at the bank.</summary>
/// <param name="Method">bank_transfer or other.</param>
/// <param name="Reference">Names it there: the same method and reference is the same payment.</param>
/// <param name="Amount">Major units, in the invoice's currency.</param>
/// <param name="ReceivedAt">The beginning of the day by the bank's calendar.</param>
public sealed record HandPayment(string Method, string Reference, decimal Amount, DateTimeOffset ReceivedAt);

/// <summary>What of an invoice a payment needs before the invoice is locked: payments are locked first.</summary>
public sealed record InvoiceOwner(long CustomerId, string Currency);

/// <summary>A payment that is in the books already.</summary>
/// <param name="ForThis">It was entered for this invoice.</param>
public sealed record KnownPayment(decimal Amount, string Currency, bool ForThis);

/// <summary>Pays invoices: with money that came in, or with credit of the customer.</summary>
public static class SettleInvoice
{
    /// <summary>Null when there is no such invoice.</summary>
    public static Task<InvoiceOwner?> Owner(NpgsqlTransaction transaction, long invoiceId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<InvoiceOwner>(
            "select customer_id, currency from invoices where id = @invoiceId",
            new { invoiceId },
            transaction
        );

    /// <returns>Its id; null when there is one of this method and reference already.</returns>
    public static Task<long?> Record(NpgsqlTransaction transaction, InvoiceOwner invoice, HandPayment payment) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            insert into payments (method, reference, customer_id, status, amount, currency, livemode, received_at)
            values (@Method, @Reference, @CustomerId, 'succeeded', @Amount, @Currency, true, @ReceivedAt)
            on conflict (method, reference) do nothing
            returning id
            """,
            new
            {
                payment.Method,
                payment.Reference,
                invoice.CustomerId,
                payment.Amount,
                invoice.Currency,
                payment.ReceivedAt,
            },
            transaction
        );

    public static Task<KnownPayment> Known(NpgsqlTransaction transaction, long invoiceId, HandPayment payment) =>
        transaction.Connection!.QuerySingleAsync<KnownPayment>(
            """
            select p.amount, p.currency, exists (
                select from allocations a where a.payment_id = p.id and a.source = 'payment:' || p.id || ':' || @invoiceId
            ) as for_this
            from payments p where p.method = @Method and p.reference = @Reference
            """,
            new
            {
                payment.Method,
                payment.Reference,
                invoiceId,
            },
            transaction
        );

    /// <summary>Part of a payment pays the invoice, and the rest of it becomes credit. Both are locked by the caller.</summary>
    public static async Task ByPayment(
        NpgsqlTransaction transaction,
        LockedInvoice invoice,
        long paymentId,
        decimal amount,
        CreditMove? above
    )
    {
        await transaction.Connection!.ExecuteAsync(
            """
            insert into allocations (invoice_id, payment_id, amount, source)
            values (@Id, @paymentId, @amount, 'payment:' || @paymentId || ':' || @Id);
            update payments set allocated = allocated + @amount, to_credit = to_credit + @above, updated_at = now() where id = @paymentId;
            update invoices i
            set settled = i.settled + @amount, written_off = greatest(i.written_off - @amount, 0),
                written_off_on = case when i.written_off > 0 then (p.received_at at time zone 'UTC')::date else i.written_off_on end,
                status = invoice_status(i.status, i.total, i.settled + @amount, i.credited, greatest(i.written_off - @amount, 0), false),
                paid_at = case when i.settled + i.credited + @amount = i.total then p.received_at end,
                payment_id = coalesce(i.payment_id, p.id), updated_at = now()
            from payments p where i.id = @Id and p.id = @paymentId;
            """,
            new
            {
                invoice.Id,
                paymentId,
                amount,
                above = above?.Amount ?? 0,
            },
            transaction
        );
        if (above is not null)
            await MoveCredit.Run(transaction, above);
    }

    /// <summary>Credit pays a part of the invoice, which the caller has locked.</summary>
    /// <param name="credit">Below zero: goes to the invoice.</param>
    /// <exception cref="PostgresException">There is not that much credit.</exception>
    public static async Task ByCredit(NpgsqlTransaction transaction, LockedInvoice invoice, CreditMove credit, DateTimeOffset now)
    {
        var entry = await MoveCredit.Run(transaction, credit);
        await transaction.Connection!.ExecuteAsync(
            """
            insert into allocations (invoice_id, credit_entry_id, amount, source) values (@Id, @entry, @amount, 'credit-entry:' || @entry);
            update invoices i
            set settled = i.settled + @amount, written_off = greatest(i.written_off - @amount, 0),
                written_off_on = case when i.written_off > 0 then (@now at time zone 'UTC')::date else i.written_off_on end,
                status = invoice_status(i.status, i.total, i.settled + @amount, i.credited, greatest(i.written_off - @amount, 0), false),
                paid_at = case when i.settled + i.credited + @amount = i.total then @now end, updated_at = now()
            where i.id = @Id;
            """,
            new
            {
                invoice.Id,
                entry,
                amount = -credit.Amount,
                now,
            },
            transaction
        );
    }

    /// <summary>Nobody expects the rest any more. The invoice is locked by the caller, and open.</summary>
    public static Task WriteOff(NpgsqlTransaction transaction, long id, DateTimeOffset now) =>
        transaction.Connection!.ExecuteAsync(
            """
            update invoices
            set status = 'uncollectible', written_off = total - settled - credited, written_off_on = (@now at time zone 'UTC')::date,
                updated_at = now()
            where id = @id and status = 'open'
            """,
            new { id, now },
            transaction
        );
}
