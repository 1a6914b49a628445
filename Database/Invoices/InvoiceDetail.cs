using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>What the invoice says, frozen at issue, and how it was paid.</summary>
/// <param name="Number">Such as <c>INV-2026-000001</c>; null of a draft.</param>
/// <param name="Total">Major units.</param>
/// <param name="OrderReference">Null of one that a person wrote.</param>
/// <param name="IssuedAt">Null of a draft.</param>
public sealed record InvoiceDetail(
    long Id,
    string? Number,
    string Status,
    string Currency,
    decimal Total,
    string? OrderReference,
    DateTimeOffset? IssuedAt
)
{
    /// <summary>As people name it.</summary>
    public string Name => Number ?? $"Draft {Id}";

    public required InvoiceTerms Terms { get; init; }

    public required InvoiceSums Sums { get; init; }

    public required InvoiceBuyer Buyer { get; init; }

    /// <summary>Null when no seller was set at issue.</summary>
    public FrozenSeller? Seller { get; init; }

    /// <summary>Null where nothing was taxed.</summary>
    public InvoiceTax? Tax { get; init; }

    /// <summary>Null until paid.</summary>
    public InvoicePayment? Payment { get; init; }

    /// <summary>What is still to be paid and expected, major units.</summary>
    public decimal Due => Status == InvoiceState.Open ? Rest : 0;

    /// <summary>What is still to be paid, whether somebody expects it or not, major units.</summary>
    public decimal Rest => Status is InvoiceState.Draft or InvoiceState.Void ? 0 : Total - Sums.Settled - Sums.Credited;
}

/// <param name="Purpose">checkout, renewal, change or manual.</param>
/// <param name="IssuedOn">The date on the paper; null of a draft.</param>
/// <param name="DueOn">Null of a draft.</param>
/// <param name="DueDays">Of a draft: due so many days after it is issued.</param>
/// <param name="Version">Of a draft: raised by every edit.</param>
/// <param name="Note">Printed below the sums; null for nothing.</param>
public sealed record InvoiceTerms(string Purpose, DateOnly? IssuedOn, DateOnly? DueOn, int DueDays, int Version, string? Note);

/// <param name="Category">As in EN 16931.</param>
/// <param name="Rate">Percent.</param>
/// <param name="PricesInclude">Whether the prices of the lines have the tax in them.</param>
/// <param name="TaxNote">What the law wants to be said, as printed; null for nothing.</param>
public sealed record InvoiceTax(string Category, decimal Rate, bool PricesInclude, string? TaxNote);

/// <summary>Major units.</summary>
/// <param name="Settled">By payments and credit.</param>
/// <param name="Credited">By credit notes.</param>
/// <param name="WrittenOff">A part of the rest.</param>
public sealed record InvoiceSums(decimal Net, decimal Tax, decimal Settled, decimal Credited, decimal WrittenOff);

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

/// <param name="PaidAt">When it was paid whole.</param>
/// <param name="Intent">The PaymentIntent's id; null where Stripe had no part in it.</param>
/// <param name="Charge">Null when Stripe named none.</param>
/// <param name="Status">Of the payment at Stripe; null where there is none.</param>
/// <param name="Method">As it is printed, frozen at issue; null on invoices that were issued before it was kept, and where it was paid later.</param>
public sealed record InvoicePayment(DateTimeOffset PaidAt, string? Intent, string? Charge, string? Status, bool? Livemode, string? Method);

/// <summary>What settled a part of an invoice, or was taken back.</summary>
/// <param name="Method">stripe, bank_transfer, other or credit.</param>
/// <param name="Reference">Names it there; null for credit.</param>
/// <param name="Amount">Major units; below zero for what was taken back.</param>
/// <param name="ReceivedAt">By Stripe's clock or the bank's; null for credit, and where it is unknown.</param>
public sealed record InvoiceAllocation(
    string Method,
    string? Reference,
    decimal Amount,
    DateTimeOffset? ReceivedAt,
    DateTimeOffset CreatedAt
);

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
            await db.QueryAsync<
                InvoiceDetail,
                InvoiceTerms,
                InvoiceSums,
                InvoiceBuyer,
                FrozenSeller?,
                InvoiceTax?,
                InvoicePayment?,
                InvoiceDetail
            >(
                """
                select i.id, i.invoice_number as number, i.status, i.currency, i.total, o.reference as order_reference, i.issued_at,
                       i.purpose, i.issued_on, i.due_on, i.due_days, i.version, i.note,
                       i.net, i.tax, i.settled, i.credited, i.written_off,
                       i.customer_id, i.buyer_name as name, i.buyer_email as email, i.buyer_company as company, i.buyer_vat_id as vat_id,
                       i.buyer_address as address, i.buyer_country as country,
                       i.seller_name as name, i.seller_address as address, i.seller_vat_id as vat_id, i.seller_email as email,
                       i.seller_legal_footer as legal_footer,
                       t.category, t.rate, i.prices_include_tax as prices_include, i.tax_note,
                       i.paid_at, p.stripe_payment_intent_id as intent, p.stripe_charge_id as charge, p.status, p.livemode,
                       i.payment_method as method
                from invoices i
                left join orders o on o.id = i.order_id
                left join invoice_taxes t on t.invoice_id = i.id
                left join payments p on p.id = i.payment_id and p.method = 'stripe'
                where i.id = @id
                """,
                (invoice, terms, sums, buyer, seller, tax, payment) =>
                    invoice with
                    {
                        Terms = terms,
                        Sums = sums,
                        Buyer = buyer,
                        Seller = seller,
                        Tax = tax,
                        Payment = payment,
                    },
                new { id },
                splitOn: "purpose,net,customer_id,name,category,paid_at"
            )
        ).SingleOrDefault();

    /// <summary>Oldest first.</summary>
    public static async Task<IReadOnlyList<InvoiceAllocation>> Allocations(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<InvoiceAllocation>(
                """
                select coalesce(p.method, 'credit') as method, coalesce(p.reference, p.stripe_payment_intent_id) as reference, a.amount,
                       p.received_at, a.created_at
                from allocations a left join payments p on p.id = a.payment_id
                where a.invoice_id = @id order by a.id
                """,
                new { id }
            )
        ).AsList();

    public static Task<IEnumerable<InvoiceLine>> Lines(NpgsqlConnection db, long id) =>
        db.QueryAsync<InvoiceLine>(
            """
            select position, description, quantity, unit_price, amount, domain, period_start, period_end
            from invoice_lines where invoice_id = @id order by position
            """,
            new { id }
        );
}
