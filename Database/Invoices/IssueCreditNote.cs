using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>A part of an invoice that is taken back.</summary>
/// <param name="Amount">Above zero, in the invoice's currency, tax included.</param>
/// <param name="FromSettled">The part of the amount that was paid.</param>
/// <param name="MoneyWentBack">To the customer; else it became credit, or was never paid.</param>
/// <param name="Series">Such as <c>CN-2026</c>.</param>
/// <param name="Source">What it comes from: the same source credits once.</param>
/// <param name="RefundId">The refund that it is about.</param>
public sealed record NoteToIssue(
    long InvoiceId,
    decimal Amount,
    decimal FromSettled,
    bool MoneyWentBack,
    string Series,
    string Reason,
    string Source,
    long? RefundId
);

public static class IssueCreditNote
{
    /// <summary>Whether the source credited something already. Asked while the invoice is locked.</summary>
    public static async Task<bool> Happened(NpgsqlTransaction transaction, string source) =>
        await transaction.Connection!.ExecuteScalarAsync<bool>(
            "select exists (select from credit_notes where source = @source)",
            new { source },
            transaction
        );

    /// <summary>
    /// A credit note with the next number of its series, and the invoice's sums changed with it. Its tax is the invoice's in proportion,
    /// rounded once over all credit notes of the invoice: so the last one takes what is left, to the cent.
    /// </summary>
    /// <param name="decimals">Of the currency.</param>
    /// <param name="now">When it is issued.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="PostgresException">The invoice, or what is settled of it, is not that much any more.</exception>
    public static Task<string> Run(NpgsqlTransaction transaction, NoteToIssue note, int decimals, DateTimeOffset now) =>
        transaction.Connection!.QuerySingleAsync<string>(
            """
            with invoice as materialized (
                select id, currency, total, tax, settled, credited, written_off, status from invoices where id = @InvoiceId for no key update
            ), changed as (
                update invoices i
                set settled = i.settled - @FromSettled, credited = i.credited + @Amount,
                    written_off = greatest(i.written_off - (@Amount - @FromSettled), 0),
                    written_off_on = case when i.written_off > 0 then (@now at time zone 'UTC')::date else i.written_off_on end,
                    -- What was credited is not to be paid any more: what was paid before it was then paid whole.
                    paid_at = case when i.paid_at is null and i.settled > @FromSettled and i.settled + i.credited + @Amount - @FromSettled = i.total
                        then @now else i.paid_at end,
                    status = invoice_status(i.status, i.total, i.settled - @FromSettled, i.credited + @Amount,
                        greatest(i.written_off - (@Amount - @FromSettled), 0), @MoneyWentBack),
                    updated_at = now()
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
                note.InvoiceId,
                note.Amount,
                note.FromSettled,
                note.MoneyWentBack,
                note.Series,
                note.Reason,
                note.Source,
                note.RefundId,
                decimals,
                now,
            },
            transaction
        );
}
