using Dapper;
using Npgsql;

namespace MPanel.Database.Products;

/// <param name="Amount">Major units; null when the product isn't sold for that period.</param>
public sealed record CataloguePrice(long ProductId, string Code, string Name, string Provisions, string BillingPeriod, decimal? Amount);

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
    /// <summary>Active products among these codes, with their active price for the period at the same position, if there is one.</summary>
    public static async Task<IReadOnlyList<CataloguePrice>> Find(
        NpgsqlTransaction transaction,
        string[] codes,
        string[] periods,
        string currency
    ) =>
        (
            await transaction.Connection!.QueryAsync<CataloguePrice>(
                """
                select p.id as product_id, p.code, p.name, p.provisions, wanted.period as billing_period, price.amount
                from (select distinct code, period from unnest(@codes, @periods) as w (code, period)) wanted
                join products p on p.code = wanted.code and p.active
                left join product_prices price
                    on price.product_id = p.id and price.billing_period = wanted.period and price.currency = @currency and price.active
                """,
                new
                {
                    codes,
                    periods,
                    currency,
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
