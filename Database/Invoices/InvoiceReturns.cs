using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>A credit note over a part of an invoice, or all of it.</summary>
/// <param name="Number">Such as <c>CN-2026-000001</c>.</param>
/// <param name="Total">Major units, tax included.</param>
/// <param name="Refund">Stripe's id of the refund that it is about; null for none.</param>
/// <param name="RefundStatus">Null where no money went back.</param>
/// <param name="RefundFailure">Why the money didn't arrive, in Stripe's word; null when it did.</param>
public sealed record InvoiceReturn(
    long Id,
    string Number,
    DateOnly IssuedOn,
    decimal Total,
    string Reason,
    string? Refund,
    string? RefundStatus,
    string? RefundFailure
);

/// <summary>A refund of the invoice's payment for which there is no credit note: on its way, or come to nothing.</summary>
/// <param name="Failure">Why it came to nothing, in Stripe's words; null while it is on its way.</param>
public sealed record OpenRefund(decimal Amount, string Status, string Reason, string? Failure, string Actor, DateTimeOffset At);

public static class InvoiceReturns
{
    /// <summary>The newest few first.</summary>
    public static async Task<IReadOnlyList<OpenRefund>> Open(NpgsqlConnection db, long invoiceId) =>
        (
            await db.QueryAsync<OpenRefund>(
                """
                select r.amount, r.status, r.reason, r.failure, r.actor, r.created_at as at
                from invoices i join refunds r on r.payment_id = i.payment_id
                where i.id = @invoiceId and not exists (select from credit_notes n where n.refund_id = r.id)
                order by r.id desc limit 20
                """,
                new { invoiceId }
            )
        ).AsList();

    /// <summary>Oldest first.</summary>
    public static async Task<IReadOnlyList<InvoiceReturn>> Of(NpgsqlConnection db, long invoiceId) =>
        (
            await db.QueryAsync<InvoiceReturn>(
                """
                select n.id, n.credit_note_number as number, n.issued_on, n.total, n.reason, r.stripe_refund_id as refund, r.status as refund_status,
                    r.failure as refund_failure
                from credit_notes n left join refunds r on r.id = n.refund_id
                where n.invoice_id = @invoiceId order by n.id
                """,
                new { invoiceId }
            )
        ).AsList();
}
