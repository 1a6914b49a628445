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
    IReadOnlyList<InvoiceLine> Lines,
    IReadOnlyList<InvoiceReturn> CreditNotes
)
{
    public static InvoiceFullView Of(
        InvoiceDetail i,
        IEnumerable<InvoiceLine> lines,
        IReadOnlyList<InvoiceReturn> creditNotes,
        StripeDashboard stripe
    ) =>
        new(
            new InvoiceView(
                i.Id,
                i.Number,
                i.Buyer.CustomerId,
                i.Buyer.Name,
                i.Status,
                i.Total,
                i.Currency,
                i.IssuedAt,
                i.Payment?.PaidAt,
                stripe.Payment(i.Payment?.Intent, i.Payment?.Livemode)
            ),
            i.OrderReference,
            i.Seller is { } seller ? new InvoiceParty(seller.Name, null, seller.Address, null, seller.VatId, seller.Email) : null,
            new InvoiceParty(i.Buyer.Name, i.Buyer.Company, i.Buyer.Address, i.Buyer.Country, i.Buyer.VatId, i.Buyer.Email),
            i.Payment?.Intent,
            i.Payment?.Status,
            [.. lines],
            creditNotes
        );
}
