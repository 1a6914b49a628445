using Dapper;
using Npgsql;

namespace MPanel.Database.Refunds;

/// <summary>A line of an invoice, and how much of it can still be refunded.</summary>
/// <param name="Left">Of the quantity: what no refund is about that went through, or is on its way.</param>
/// <param name="Price">Of one, major units, tax included, not rounded.</param>
public sealed record RefundableLine(int Position, string Description, int Left, decimal Price);

/// <param name="Amount">Major units, tax included.</param>
public sealed record RefundedLine(int Position, int Quantity, decimal Amount);

/// <summary>Refunds that are about lines of an invoice.</summary>
public static class RefundLines
{
    public static async Task<IReadOnlyList<RefundableLine>> Left(
        NpgsqlConnection db,
        long invoiceId,
        NpgsqlTransaction? transaction = null
    ) =>
        (
            await db.QueryAsync<RefundableLine>(
                """
                select l.position, l.description, l.quantity - coalesce((
                           select sum(r.quantity)::integer from refund_lines r join refunds f on f.id = r.refund_id
                           where r.invoice_id = l.invoice_id and r.position = l.position
                             and (f.status in ('requested', 'pending', 'succeeded')
                                  or exists (select from credit_notes n where n.refund_id = f.id))
                       ), 0) as left,
                       case when i.prices_include_tax then l.unit_price else l.unit_price * i.total / i.net end as price
                from invoice_lines l join invoices i on i.id = l.invoice_id
                where l.invoice_id = @invoiceId order by l.position
                """,
                new { invoiceId },
                transaction
            )
        ).AsList();

    /// <summary>The same again writes nothing further.</summary>
    public static async Task Write(NpgsqlTransaction transaction, long refundId, long invoiceId, IReadOnlyList<RefundedLine> lines) =>
        await transaction.Connection!.ExecuteAsync(
            """
            insert into refund_lines (refund_id, invoice_id, position, quantity, amount)
            select @refundId, @invoiceId, * from unnest(@positions::integer[], @quantities::integer[], @amounts::numeric[])
            on conflict do nothing
            """,
            new
            {
                refundId,
                invoiceId,
                positions = lines.Select(l => l.Position).ToArray(),
                quantities = lines.Select(l => l.Quantity).ToArray(),
                amounts = lines.Select(l => l.Amount).ToArray(),
            },
            transaction
        );

    /// <summary>The credit note of a refund over lines has them; one over another sum, since other money went first, has none.</summary>
    /// <param name="source">Of the credit note.</param>
    public static async Task Copy(NpgsqlTransaction transaction, long refundId, string source) =>
        await transaction.Connection!.ExecuteAsync(
            """
            insert into credit_note_lines (credit_note_id, position, description, quantity, amount)
            select n.id, r.position, l.description, r.quantity, r.amount
            from credit_notes n
            join refund_lines r on r.refund_id = @refundId and r.invoice_id = n.invoice_id
            join invoice_lines l on l.invoice_id = r.invoice_id and l.position = r.position
            where n.source = @source and n.total = (select sum(amount) from refund_lines where refund_id = @refundId)
            """,
            new { refundId, source },
            transaction
        );
}
