using Dapper;
using Npgsql;

namespace MPanel.Database.Customers;

/// <param name="Amount">Major units.</param>
/// <param name="Count">Of how many invoices.</param>
public sealed record CurrencyTotal(string Currency, decimal Amount, long Count);

/// <summary>What customers have paid: their paid invoices, less their credit notes.</summary>
public static class CustomerTotals
{
    private sealed record CustomerTotal(long CustomerId, string Currency, decimal Amount, long Count);

    /// <returns>By customer; nothing for those who paid nothing.</returns>
    public static async Task<ILookup<long, CurrencyTotal>> Paid(NpgsqlConnection db, long[] customers) =>
        (
            await db.QueryAsync<CustomerTotal>(
                """
                select customer_id, currency, sum(total - credited) as amount, count(*) as count
                from invoices
                where customer_id = any (@customers) and status in ('paid', 'partially_refunded')
                group by customer_id, currency
                order by customer_id, currency
                """,
                new { customers }
            )
        ).ToLookup(t => t.CustomerId, t => new CurrencyTotal(t.Currency, t.Amount, t.Count));
}
