using MPanel.Database.Invoices;
using Npgsql;

namespace MPanel.Web.Api.Invoices;

/// <summary>An invoice in the list.</summary>
/// <param name="Customer">The buyer's name, as frozen at issue.</param>
/// <param name="Number">Null of a draft.</param>
/// <param name="Total">Major units, as what is due.</param>
/// <param name="Due">Still to be paid and expected.</param>
/// <param name="DueOn">Null of a draft.</param>
/// <param name="IssuedAt">Null of a draft.</param>
/// <param name="StripeUrl">The payment at Stripe; null where there is none, or no Stripe.</param>
public sealed record InvoiceView(
    long Id,
    string? Number,
    long CustomerId,
    string Customer,
    string Status,
    decimal Total,
    decimal Due,
    string Currency,
    DateOnly? DueOn,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? PaidAt,
    string? StripeUrl
);

/// <summary>Seller or buyer, as the invoice names them for ever.</summary>
/// <param name="Address">Lines with a line feed between them.</param>
/// <param name="Country">ISO 3166-1 alpha-2; the seller's stands in the address.</param>
public sealed record InvoiceParty(string Name, string? Company, string? Address, string? Country, string? VatId, string? Email);

/// <param name="OrderReference">Null of one that a person wrote.</param>
/// <param name="Seller">Null when none was set at issue, and of a draft.</param>
/// <param name="PaymentIntent">Null where no payment at Stripe paid it.</param>
/// <param name="Payments">What settled it, and what of that was taken back; oldest first.</param>
public sealed record InvoiceFullView(
    InvoiceView Invoice,
    InvoiceTerms Terms,
    InvoiceSums Sums,
    string? OrderReference,
    InvoiceParty? Seller,
    InvoiceParty Buyer,
    string? PaymentIntent,
    string? PaymentStatus,
    IReadOnlyList<InvoiceLine> Lines,
    IReadOnlyList<InvoiceReturn> CreditNotes,
    IReadOnlyList<InvoiceAllocation> Payments
)
{
    /// <returns>Null when there is no such invoice.</returns>
    public static async Task<InvoiceFullView?> Read(NpgsqlConnection db, long id, StripeDashboard stripe)
    {
        if (await InvoiceFacts.Of(db, id) is not { } i)
            return null;
        return new InvoiceFullView(
            new InvoiceView(
                i.Id,
                i.Number,
                i.Buyer.CustomerId,
                i.Buyer.Name,
                i.Status,
                i.Total,
                i.Due,
                i.Currency,
                i.Terms.DueOn,
                i.IssuedAt,
                i.Payment?.PaidAt,
                stripe.Payment(i.Payment?.Intent, i.Payment?.Livemode)
            ),
            i.Terms,
            i.Sums,
            i.OrderReference,
            i.Seller is { } seller ? new InvoiceParty(seller.Name, null, seller.Address, null, seller.VatId, seller.Email) : null,
            new InvoiceParty(i.Buyer.Name, i.Buyer.Company, i.Buyer.Address, i.Buyer.Country, i.Buyer.VatId, i.Buyer.Email),
            i.Payment?.Intent,
            i.Payment?.Status,
            [.. await InvoiceFacts.Lines(db, id)],
            await InvoiceReturns.Of(db, id),
            await InvoiceFacts.Allocations(db, id)
        );
    }
}
