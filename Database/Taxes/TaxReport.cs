using Dapper;
using Npgsql;

namespace MPanel.Database.Taxes;

/// <summary>What was invoiced in a period, less what credit notes of the period took back.</summary>
/// <param name="Country">Of the buyers, as frozen at issue; null where nobody knew.</param>
/// <param name="Rate">Percent.</param>
/// <param name="Net">Major units, as tax and gross, which is the sum of both.</param>
public sealed record TaxReportRow(
    string? Country,
    string Category,
    decimal Rate,
    string Currency,
    decimal Net,
    decimal Tax,
    decimal Gross,
    long Invoices,
    long CreditNotes
);

public static class TaxReport
{
    /// <param name="from">Midnight UTC of the first day.</param>
    /// <param name="before">Midnight UTC of the day after the last.</param>
    public static async Task<IReadOnlyList<TaxReportRow>> Of(NpgsqlConnection db, DateTimeOffset from, DateTimeOffset before) =>
        (
            await db.QueryAsync<TaxReportRow>(
                """
                select d.country, d.category, d.rate, d.currency, sum(d.net) as net, sum(d.tax) as tax, sum(d.net + d.tax) as gross,
                       sum(d.invoices) as invoices, sum(d.notes) as credit_notes
                from (
                    select i.buyer_country as country, coalesce(t.category, 'O') as category, coalesce(t.rate, 0) as rate, i.currency,
                           i.net, i.tax, 1 as invoices, 0 as notes
                    from invoices i left join invoice_taxes t on t.invoice_id = i.id
                    where coalesce(i.issued_at, i.created_at) >= @from and coalesce(i.issued_at, i.created_at) < @before
                      and i.status not in ('draft', 'void')
                    union all
                    select i.buyer_country, coalesce(t.category, 'O'), coalesce(t.rate, 0), n.currency, -n.net, -n.tax, 0, 1
                    from credit_notes n join invoices i on i.id = n.invoice_id left join invoice_taxes t on t.invoice_id = i.id
                    where n.issued_at >= @from and n.issued_at < @before
                ) d
                group by d.country, d.category, d.rate, d.currency
                order by d.country nulls last, d.category, d.rate, d.currency
                """,
                new { from, before }
            )
        ).AsList();
}
