using Dapper;
using Npgsql;

namespace MPanel.Database.Customers;

/// <param name="Amount">Major units.</param>
/// <param name="Count">Of how many invoices.</param>
public sealed record CurrencyTotal(string Currency, decimal Amount, long Count);

/// <summary>What customers have paid, and neither they nor their banks got back: what settled their invoices, less disputes that are lost.</summary>
public static class CustomerTotals
{
    private sealed record CustomerTotal(long CustomerId, string Currency, decimal Amount, long Count);

    /// <returns>By customer; nothing for those who paid nothing.</returns>
    public static async Task<ILookup<long, CurrencyTotal>> Paid(NpgsqlConnection db, long[] customers) =>
        (
            await db.QueryAsync<CustomerTotal>(
                """
                select i.customer_id, i.currency, i.amount - coalesce(l.amount, 0) as amount, i.count
                from (
                    select customer_id, currency, sum(settled) as amount, count(*) as count
                    from invoices
                    where customer_id = any (@customers) and settled > 0
                    group by customer_id, currency
                ) i
                left join (
                    select p.customer_id, p.currency, sum(d.loss) as amount
                    from disputes d join payments p on p.id = d.payment_id
                    where p.customer_id = any (@customers) and d.loss > 0
                    group by p.customer_id, p.currency
                ) l using (customer_id, currency)
                order by customer_id, currency
                """,
                new { customers }
            )
        ).ToLookup(t => t.CustomerId, t => new CurrencyTotal(t.Currency, t.Amount, t.Count));
}
