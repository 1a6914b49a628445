using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>What the catalogue says today of a product and period that somebody ordered.</summary>
/// <param name="Name">Null for a code that the catalogue doesn't have.</param>
/// <param name="Amount">Major units; null when it isn't on sale for that period and currency.</param>
public sealed record OrderPrice(string Code, string BillingPeriod, long? ProductId, string? Name, decimal? Amount);

public static class OrderPrices
{
    /// <param name="codes">Of the items, with <paramref name="periods"/> at the same positions.</param>
    public static Task<IEnumerable<OrderPrice>> Of(NpgsqlConnection db, string[] codes, string[] periods, string currency) =>
        db.QueryAsync<OrderPrice>(
            """
            select wanted.code, wanted.period as billing_period, p.id as product_id, p.name,
                   case when p.active then price.amount end as amount
            from (select distinct code, period from unnest(@codes, @periods) as w (code, period)) wanted
            left join products p on p.code = wanted.code
            left join product_prices price
                on price.product_id = p.id and price.billing_period = wanted.period and price.currency = @currency and price.active
            """,
            new
            {
                codes,
                periods,
                currency,
            }
        );
}
