using Dapper;
using MPanel.Database.Orders;
using MPanel.Database.Taxes;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>Who sells, as an invoice prints it. All null while no seller is set.</summary>
/// <param name="Address">Lines with a line feed between them.</param>
/// <param name="LegalFooter">What stands at the foot of every page: lines with a line feed between them.</param>
public sealed record InvoiceSeller(string? Name, string? Address, string? VatId, string? Email, string? LegalFooter)
{
    public static readonly InvoiceSeller None = new(null, null, null, null, null);
}

/// <summary>Step "invoice" of the sacred path, see docs/blueprint.md.</summary>
public static class IssuePaidInvoice
{
    /// <summary>
    /// One paid invoice for the intake's order, with a frozen copy of seller, buyer and lines. The number is taken from the series' row, which
    /// stays locked until the commit: no gaps, and one invoice after the other, so nothing slow may follow in the transaction.
    /// </summary>
    /// <param name="series">Such as <c>INV-2026</c>.</param>
    /// <param name="seller">Whoever sells by now.</param>
    /// <param name="now">When it was issued. It was paid when Stripe says so.</param>
    /// <param name="tax">Of the order's total; null where nothing is taxed.</param>
    /// <returns>
    /// The invoice number; that of the existing invoice when there is one. Null when so much of the payment went back that it doesn't pay
    /// for the order any more.
    /// </returns>
    public static async Task<string?> Run(
        NpgsqlTransaction transaction,
        long intakeId,
        string series,
        InvoiceSeller seller,
        DateTimeOffset now,
        AppliedTax? tax = null
    )
    {
        var db = transaction.Connection!;
        return await db.QuerySingleOrDefaultAsync<string>(
                $"""
                with purchase as (
                    select o.id, o.customer_id, o.payment_id, o.currency, o.total, c.name, c.email,
                           buyer.company_name, buyer.vat_id, buyer.billing_address, buyer.country, o.primary_domain, 'Online payment through Stripe, ' || p.stripe_payment_intent_id as method,
                           least(coalesce(p.received_at, @now), @now) as paid_at
                    from orders o join customers c on c.id = o.customer_id join payments p on p.id = o.payment_id
                    join order_intakes i on i.id = o.intake_id
                    cross join lateral ({OrderBuyer.Sql}) buyer
                    where o.intake_id = @intakeId and o.total + p.refunded <= p.amount
                      and not exists (select 1 from invoices where order_id = o.id)
                ), numbered as (
                    insert into invoice_series as s (series, next_number) select @series, 2 from purchase
                    on conflict (series) do update set next_number = s.next_number + 1
                    returning next_number - 1 as number
                ), issued as (
                    insert into invoices (order_id, customer_id, payment_id, series, number, status, currency, total, buyer_name, buyer_email,
                        buyer_company, buyer_vat_id, buyer_address, buyer_country, seller_name, seller_address, seller_vat_id, seller_email,
                        seller_legal_footer, payment_method, issued_at, paid_at, issued_on, due_on, net, tax, tax_note, settled)
                    select p.id, p.customer_id, p.payment_id, @series, n.number, 'paid', p.currency, p.total, p.name, p.email,
                        p.company_name, p.vat_id, p.billing_address, p.country, @Name, @Address, @VatId, @Email,
                        @LegalFooter, p.method, @now, p.paid_at, (@now at time zone 'UTC')::date, (@now at time zone 'UTC')::date, p.total - @tax, @tax,
                        @taxNote, p.total
                    from purchase p, numbered n
                    returning id, order_id, payment_id, customer_id, total, invoice_number
                ), allocated as (
                    insert into allocations (invoice_id, payment_id, amount, source)
                    select id, payment_id, total, 'checkout:' || id from issued
                    returning payment_id, amount
                ), spent as (
                    update payments p set allocated = p.allocated + a.amount, customer_id = i.customer_id, updated_at = now()
                    from allocated a, issued i where p.id = a.payment_id
                ), taxed as (
                    insert into invoice_taxes (invoice_id, category, rate, net, tax)
                    select id, @category, @rate, total - @tax, @tax from issued where @isTaxed
                ), lines as (
                    insert into invoice_lines (invoice_id, position, description, quantity, unit_price, amount, domain, period_start, period_end,
                        tax_category, tax_rate)
                    select issued.id, i.position, i.description, i.quantity, i.unit_price, i.amount, p.primary_domain,
                        s.current_period_start, s.current_period_end, @category, @rate
                    from issued
                    join purchase p on p.id = issued.order_id
                    join order_items i on i.order_id = issued.order_id
                    left join subscriptions s on s.order_item_id = i.id
                )
                select invoice_number from issued
                """,
                new
                {
                    intakeId,
                    series,
                    seller.Name,
                    seller.Address,
                    seller.VatId,
                    seller.Email,
                    seller.LegalFooter,
                    now,
                    isTaxed = tax is not null,
                    category = tax?.Category ?? TaxCategory.Outside,
                    rate = tax?.Rate ?? 0,
                    tax = tax?.Tax ?? 0,
                    taxNote = tax?.Note,
                },
                transaction
            )
            ?? await db.QuerySingleOrDefaultAsync<string>(
                "select i.invoice_number from invoices i join orders o on o.id = i.order_id where o.intake_id = @intakeId",
                new { intakeId },
                transaction
            );
    }
}
