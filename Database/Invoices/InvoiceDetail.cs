using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>What the invoice says, frozen at issue, and how it was paid.</summary>
/// <param name="Number">Such as <c>INV-2026-000001</c>.</param>
/// <param name="Total">Major units.</param>
/// <param name="BuyerAddress">Lines with a line feed between them, without the country.</param>
/// <param name="BuyerCountry">ISO 3166-1 alpha-2.</param>
/// <param name="SellerName">Null when no seller was set at issue.</param>
/// <param name="SellerAddress">Lines with a line feed between them.</param>
/// <param name="PaymentIntent">Null until paid.</param>
/// <param name="Livemode">Of the payment; null until paid.</param>
public sealed record InvoiceDetail(
    long Id,
    string Number,
    string Status,
    string Currency,
    decimal Total,
    long CustomerId,
    string OrderReference,
    string BuyerName,
    string BuyerEmail,
    string? BuyerCompany,
    string? BuyerVatId,
    string? BuyerAddress,
    string? BuyerCountry,
    string? SellerName,
    string? SellerAddress,
    string? SellerVatId,
    string? SellerEmail,
    DateTimeOffset IssuedAt,
    DateTimeOffset? PaidAt,
    string? PaymentIntent,
    string? Charge,
    string? PaymentStatus,
    bool? Livemode
);

/// <param name="UnitPrice">Major units.</param>
public sealed record InvoiceLine(int Position, string Description, int Quantity, decimal UnitPrice, decimal Amount);

public static class InvoiceFacts
{
    public static Task<InvoiceDetail?> Of(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<InvoiceDetail>(
            """
            select i.id, i.invoice_number as number, i.status, i.currency, i.total, i.customer_id, o.reference as order_reference,
                   i.buyer_name, i.buyer_email, i.buyer_company, i.buyer_vat_id, i.buyer_address, i.buyer_country,
                   i.seller_name, i.seller_address, i.seller_vat_id, i.seller_email, i.issued_at, i.paid_at,
                   p.stripe_payment_intent_id as payment_intent, p.stripe_charge_id as charge, p.status as payment_status, p.livemode
            from invoices i
            join orders o on o.id = i.order_id
            left join payments p on p.id = i.payment_id
            where i.id = @id
            """,
            new { id }
        );

    public static Task<IEnumerable<InvoiceLine>> Lines(NpgsqlConnection db, long id) =>
        db.QueryAsync<InvoiceLine>(
            "select position, description, quantity, unit_price, amount from invoice_lines where invoice_id = @id order by position",
            new { id }
        );
}
