using Dapper;
using Npgsql;

namespace MPanel.Database.Products;

/// <param name="Amount">Today's, major units; null when the product isn't sold for that period.</param>
/// <param name="AmountThen">The same at the moment that was asked for: a bank payment takes days, and prices change meanwhile.</param>
public sealed record CataloguePrice(
    long ProductId,
    string Code,
    string Name,
    string Provisions,
    string BillingPeriod,
    decimal? Amount,
    decimal? AmountThen
);

/// <param name="Provisions"><c>hosting</c>, <c>backup</c>, <c>mail</c>, <c>ssl</c> or <c>none</c>.</param>
/// <param name="BillingPeriod"><c>month</c>, <c>year</c> or <c>one_time</c>.</param>
/// <param name="Amount">Major units.</param>
public sealed record PlanPrice(
    string Code,
    string Name,
    string Description,
    string Provisions,
    string BillingPeriod,
    string Currency,
    decimal Amount
);

public static class Catalogue
{
    /// <summary>Active products among these codes, with their active prices for the period at the same position, if there are any.</summary>
    /// <param name="then">When the order was received.</param>
    public static async Task<IReadOnlyList<CataloguePrice>> Find(
        NpgsqlTransaction transaction,
        string[] codes,
        string[] periods,
        string currency,
        DateTimeOffset then
    ) =>
        (
            await transaction.Connection!.QueryAsync<CataloguePrice>(
                """
                select p.id as product_id, p.code, p.name, p.provisions, wanted.period as billing_period, price.amount,
                       case when past.active then past.amount end as amount_then
                from (select distinct code, period from unnest(@codes, @periods) as w (code, period)) wanted
                join products p on p.code = wanted.code and p.active
                left join product_prices price
                    on price.product_id = p.id and price.billing_period = wanted.period and price.currency = @currency and price.active
                left join lateral (
                    select h.amount, h.active from product_price_history h
                    where h.product_id = p.id and h.billing_period = wanted.period and h.currency = @currency and h.valid_from <= @then
                    order by h.valid_from desc, h.id desc
                    limit 1
                ) past on true
                """,
                new
                {
                    codes,
                    periods,
                    currency,
                    then,
                },
                transaction
            )
        ).AsList();

    /// <summary>Everything on sale, by product code, then period.</summary>
    public static async Task<IReadOnlyList<PlanPrice>> Plans(NpgsqlConnection db) =>
        (
            await db.QueryAsync<PlanPrice>(
                """
                select p.code, p.name, p.description, p.provisions, price.billing_period, price.currency, price.amount
                from products p join product_prices price on price.product_id = p.id and price.active
                where p.active
                order by p.code, price.billing_period, price.currency
                """
            )
        ).AsList();
}
