using Dapper;
using MPanel.Database.Taxes;
using Npgsql;

namespace MPanel.Database.Invoices;

public static class IssueDraft
{
    /// <summary>
    /// Makes an invoice of a draft that the caller has locked: with the next number of its series, dates, and a frozen copy of seller and
    /// buyer as they are now. The series' row stays locked until the commit, so nothing slow may follow in the transaction.
    /// </summary>
    /// <param name="series">Such as <c>INV-2026</c>.</param>
    /// <param name="now">When it is issued.</param>
    /// <param name="tax">As the draft's sums have it already; null where nothing is taxed.</param>
    /// <returns>The invoice number.</returns>
    public static async Task<string> Run(
        NpgsqlTransaction transaction,
        long id,
        string series,
        InvoiceSeller seller,
        DateTimeOffset now,
        AppliedTax? tax
    )
    {
        // Before the invoice is issued: its lines can't be changed afterwards.
        await transaction.Connection!.ExecuteAsync(
            """
            update invoice_lines set tax_category = @Category, tax_rate = @Rate where invoice_id = @id;
            insert into invoice_taxes (invoice_id, category, rate, net, tax) select id, @Category, @Rate, net, tax from invoices
            where id = @id and @isTaxed;
            """,
            new
            {
                id,
                Category = tax?.Category ?? TaxCategory.Outside,
                Rate = tax?.Rate ?? 0,
                isTaxed = tax is not null,
            },
            transaction
        );
        return await transaction.Connection!.QuerySingleAsync<string>(
            """
            with numbered as (
                insert into invoice_series as s (series, next_number) values (@series, 2)
                on conflict (series) do update set next_number = s.next_number + 1
                returning next_number - 1 as number
            )
            update invoices i
            set status = 'open', series = @series, number = n.number, issued_at = @now, issued_on = (@now at time zone 'UTC')::date,
                due_on = (@now at time zone 'UTC')::date + i.due_days,
                buyer_name = c.name, buyer_email = c.email, buyer_company = c.company_name, buyer_vat_id = c.vat_id,
                buyer_address = c.billing_address, buyer_country = c.country,
                seller_name = @Name, seller_address = @Address, seller_vat_id = @VatId, seller_email = @Email,
                seller_legal_footer = @LegalFooter, updated_at = now()
            from numbered n, customers c
            where i.id = @id and i.status = 'draft' and c.id = i.customer_id
            returning i.invoice_number
            """,
            new
            {
                id,
                series,
                now,
                seller.Name,
                seller.Address,
                seller.VatId,
                seller.Email,
                seller.LegalFooter,
            },
            transaction
        );
    }
}
