using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>A credit note as it was issued. Seller and buyer are its invoice's.</summary>
/// <param name="Number">Such as <c>CN-2026-000001</c>.</param>
/// <param name="IssuedOn">The date on the paper.</param>
public sealed record CreditNoteDetail(long Id, string Number, DateOnly IssuedOn, DateTimeOffset IssuedAt, string Currency, string Reason)
{
    public required DocumentSums Sums { get; init; }

    public required CorrectedInvoice Invoice { get; init; }

    public required InvoiceBuyer Buyer { get; init; }

    /// <summary>Null when no seller was set when the invoice was issued.</summary>
    public FrozenSeller? Seller { get; init; }

    /// <summary>Its invoice's; null where nothing was taxed.</summary>
    public InvoiceTax? Tax { get; init; }

    /// <summary>What of the invoice it is about; empty for one over an amount.</summary>
    public IReadOnlyList<CreditNoteLine> Lines { get; init; } = [];

    /// <summary>Null where no money went back.</summary>
    public CreditNoteRefund? Refund { get; init; }
}

/// <summary>Major units; the total is the sum of net and tax.</summary>
public sealed record DocumentSums(decimal Net, decimal Tax, decimal Total);

/// <summary>What a credit note corrects.</summary>
public sealed record CorrectedInvoice(long Id, string Number, DateOnly IssuedOn);

/// <param name="StripeId">Null until Stripe took it.</param>
/// <param name="Failure">Why the money didn't arrive, in Stripe's word; null when it did.</param>
public sealed record CreditNoteRefund(string RefundStatus, string? StripeId, string? Failure);

/// <param name="Amount">Major units, tax included.</param>
public sealed record CreditNoteLine(int Position, string Description, int Quantity, decimal Amount);

public static class CreditNoteFacts
{
    public static async Task<CreditNoteDetail?> Of(NpgsqlConnection db, long id) =>
        await One(db, id) is { } note
            ? note with
            {
                Lines = (
                    await db.QueryAsync<CreditNoteLine>(
                        "select position, description, quantity, amount from credit_note_lines where credit_note_id = @id order by position",
                        new { id }
                    )
                ).AsList(),
            }
            : null;

    private static async Task<CreditNoteDetail?> One(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<
                CreditNoteDetail,
                DocumentSums,
                CorrectedInvoice,
                InvoiceBuyer,
                FrozenSeller?,
                InvoiceTax?,
                CreditNoteRefund?,
                CreditNoteDetail
            >(
                """
                select n.id, n.credit_note_number as number, n.issued_on, n.issued_at, n.currency, n.reason,
                       n.net, n.tax, n.total,
                       i.id, i.invoice_number as number, i.issued_on,
                       i.customer_id, i.buyer_name as name, i.buyer_email as email, i.buyer_company as company, i.buyer_vat_id as vat_id,
                       i.buyer_address as address, i.buyer_country as country,
                       i.seller_name as name, i.seller_address as address, i.seller_vat_id as vat_id, i.seller_email as email,
                       i.seller_legal_footer as legal_footer,
                       t.category, t.rate, i.prices_include_tax as prices_include, i.tax_note,
                       r.status as refund_status, r.stripe_refund_id as stripe_id, r.failure
                from credit_notes n
                join invoices i on i.id = n.invoice_id
                left join invoice_taxes t on t.invoice_id = i.id
                left join refunds r on r.id = n.refund_id
                where n.id = @id
                """,
                (note, sums, invoice, buyer, seller, tax, refund) =>
                    note with
                    {
                        Sums = sums,
                        Invoice = invoice,
                        Buyer = buyer,
                        Seller = seller,
                        Tax = tax,
                        Refund = refund,
                    },
                new { id },
                splitOn: "net,id,customer_id,name,category,refund_status"
            )
        ).SingleOrDefault();
}
