using MPanel.Database.Invoices;

namespace MPanel.Web.Api.Invoices;

/// <summary>An invoice in the list.</summary>
/// <param name="Customer">The buyer's name, as frozen at issue.</param>
/// <param name="Total">Major units.</param>
/// <param name="StripeUrl">The payment at Stripe; null where there is none, or no Stripe.</param>
public sealed record InvoiceView(
    long Id,
    string Number,
    long CustomerId,
    string Customer,
    string Status,
    decimal Total,
    string Currency,
    DateTimeOffset IssuedAt,
    DateTimeOffset? PaidAt,
    string? StripeUrl
);

/// <summary>Seller or buyer, as the invoice names them for ever.</summary>
/// <param name="Address">Lines with a line feed between them.</param>
/// <param name="Country">ISO 3166-1 alpha-2; the seller's stands in the address.</param>
public sealed record InvoiceParty(string Name, string? Company, string? Address, string? Country, string? VatId, string? Email);

/// <param name="Seller">Null when none was set at issue.</param>
/// <param name="PaymentIntent">Null until paid.</param>
public sealed record InvoiceFullView(
    InvoiceView Invoice,
    string OrderReference,
    InvoiceParty? Seller,
    InvoiceParty Buyer,
    string? PaymentIntent,
    string? PaymentStatus,
    IReadOnlyList<InvoiceLine> Lines
)
{
    public static InvoiceFullView Of(InvoiceDetail i, IEnumerable<InvoiceLine> lines, StripeDashboard stripe) =>
        new(
            new InvoiceView(
                i.Id,
                i.Number,
                i.CustomerId,
                i.BuyerName,
                i.Status,
                i.Total,
                i.Currency,
                i.IssuedAt,
                i.PaidAt,
                stripe.Payment(i.PaymentIntent, i.Livemode)
            ),
            i.OrderReference,
            i.SellerName is null ? null : new InvoiceParty(i.SellerName, null, i.SellerAddress, null, i.SellerVatId, i.SellerEmail),
            new InvoiceParty(i.BuyerName, i.BuyerCompany, i.BuyerAddress, i.BuyerCountry, i.BuyerVatId, i.BuyerEmail),
            i.PaymentIntent,
            i.PaymentStatus,
            [.. lines]
        );
}
