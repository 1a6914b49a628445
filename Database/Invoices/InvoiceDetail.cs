using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>What the invoice says, frozen at issue, and how it was paid.</summary>
/// <param name="Number">Such as <c>INV-2026-000001</c>.</param>
/// <param name="Total">Major units.</param>
public sealed record InvoiceDetail(
    long Id,
    string Number,
    string Status,
    string Currency,
    decimal Total,
    string OrderReference,
    DateTimeOffset IssuedAt
)
{
    public required InvoiceBuyer Buyer { get; init; }

    /// <summary>Null when no seller was set at issue.</summary>
    public FrozenSeller? Seller { get; init; }

    /// <summary>Null until paid.</summary>
    public InvoicePayment? Payment { get; init; }
}

/// <param name="CustomerId">Who this is by now; all else is as it was at issue.</param>
/// <param name="Address">Lines with a line feed between them, without the country.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
public sealed record InvoiceBuyer(
    long CustomerId,
    string Name,
    string Email,
    string? Company,
    string? VatId,
    string? Address,
    string? Country
);

/// <summary>The seller as it was at issue.</summary>
/// <param name="Address">Lines with a line feed between them.</param>
/// <param name="LegalFooter">What stands at the foot of every page: lines with a line feed between them.</param>
public sealed record FrozenSeller(string Name, string? Address, string? VatId, string? Email, string? LegalFooter);

/// <param name="Intent">The PaymentIntent's id.</param>
/// <param name="Charge">Null when Stripe named none.</param>
/// <param name="Method">As it is printed, frozen at issue; null on invoices that were issued before it was kept.</param>
public sealed record InvoicePayment(DateTimeOffset PaidAt, string Intent, string? Charge, string Status, bool Livemode, string? Method);

/// <param name="UnitPrice">Major units.</param>
/// <param name="Domain">What it is for, in ASCII; null on invoices that were issued before it was kept.</param>
/// <param name="PeriodStart">Null where nothing recurs, and on invoices that were issued before it was kept.</param>
/// <param name="PeriodEnd">When the next period begins; null where the start is.</param>
public sealed record InvoiceLine(
    int Position,
    string Description,
    int Quantity,
    decimal UnitPrice,
    decimal Amount,
    string? Domain,
    DateTimeOffset? PeriodStart,
    DateTimeOffset? PeriodEnd
);

public static class InvoiceFacts
{
    public static async Task<InvoiceDetail?> Of(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<InvoiceDetail, InvoiceBuyer, FrozenSeller?, InvoicePayment?, InvoiceDetail>(
                """
                select i.id, i.invoice_number as number, i.status, i.currency, i.total, o.reference as order_reference, i.issued_at,
                       i.customer_id, i.buyer_name as name, i.buyer_email as email, i.buyer_company as company, i.buyer_vat_id as vat_id,
                       i.buyer_address as address, i.buyer_country as country,
                       i.seller_name as name, i.seller_address as address, i.seller_vat_id as vat_id, i.seller_email as email,
                       i.seller_legal_footer as legal_footer,
                       i.paid_at, p.stripe_payment_intent_id as intent, p.stripe_charge_id as charge, p.status, p.livemode,
                       i.payment_method as method
                from invoices i
                join orders o on o.id = i.order_id
                left join payments p on p.id = i.payment_id
                where i.id = @id
                """,
                (invoice, buyer, seller, payment) => invoice with { Buyer = buyer, Seller = seller, Payment = payment },
                new { id },
                splitOn: "customer_id,name,paid_at"
            )
        ).SingleOrDefault();

    public static Task<IEnumerable<InvoiceLine>> Lines(NpgsqlConnection db, long id) =>
        db.QueryAsync<InvoiceLine>(
            """
            select position, description, quantity, unit_price, amount, domain, period_start, period_end
            from invoice_lines where invoice_id = @id order by position
            """,
            new { id }
        );
}
