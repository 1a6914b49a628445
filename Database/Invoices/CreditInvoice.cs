using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <param name="Amount">Above zero, in the invoice's currency, tax included.</param>
/// <param name="Series">Such as <c>CN-2026</c>.</param>
/// <param name="Source">What it comes from: the same source credits once.</param>
/// <param name="RefundId">The refund that it is about.</param>
public sealed record Crediting(long InvoiceId, long PaymentId, decimal Amount, string Series, string Reason, string Source, long? RefundId);

public static class CreditInvoice
{
    /// <summary>
    /// Takes a part of an invoice back: a credit note with the next number of its series, and the payment's money free again. The payment is
    /// locked by the caller. Its tax is the invoice's in proportion, rounded once over all credit notes of the invoice: so the last one takes
    /// what is left, to the cent.
    /// </summary>
    /// <param name="decimals">Of the currency.</param>
    /// <param name="now">When it is issued.</param>
    /// <exception cref="PostgresException">The invoice, or what the payment paid of it, is not that much any more.</exception>
    public static Task<string> Run(NpgsqlTransaction transaction, Crediting credit, int decimals, DateTimeOffset now) =>
        transaction.Connection!.QuerySingleAsync<string>(
            """
            with invoice as materialized (
                select id, currency, total, tax, settled, credited from invoices where id = @InvoiceId for no key update
            ), back as (
                insert into allocations (invoice_id, payment_id, amount, source)
                select id, @PaymentId, -@Amount, @Source from invoice
                returning amount
            ), freed as (
                update payments set allocated = allocated - @Amount, updated_at = now() where id = @PaymentId and exists (select from back)
            ), changed as (
                update invoices i
                set settled = i.settled - @Amount, credited = i.credited + @Amount, updated_at = now(),
                    status = case when i.credited + @Amount = i.total then 'refunded' else 'partially_refunded' end
                from invoice where i.id = invoice.id
            ), numbered as (
                insert into invoice_series as s (series, next_number) select @Series, 2 from invoice
                on conflict (series) do update set next_number = s.next_number + 1
                returning next_number - 1 as number
            ), share as (
                select round(i.tax * (i.credited + @Amount) / i.total, @decimals)
                       - coalesce((select sum(n.tax) from credit_notes n where n.invoice_id = i.id), 0) as tax
                from invoice i
            )
            insert into credit_notes (invoice_id, series, number, issued_on, issued_at, currency, net, tax, total, reason, refund_id, source)
            select i.id, @Series, n.number, (@now at time zone 'UTC')::date, @now, i.currency, @Amount - share.tax, share.tax, @Amount,
                @Reason, @RefundId, @Source
            from invoice i, numbered n, share
            returning credit_note_number
            """,
            new
            {
                credit.InvoiceId,
                credit.PaymentId,
                credit.Amount,
                credit.Series,
                credit.Reason,
                credit.Source,
                credit.RefundId,
                decimals,
                now,
            },
            transaction
        );
}
