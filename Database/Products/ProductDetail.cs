using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Products;

/// <param name="Version">Raised by every edit, also of a price; an edit names the one it began from.</param>
/// <param name="Subscriptions">Pending, active, past due and suspended ones, counted to <see cref="ListTotal.Most"/>.</param>
/// <param name="Websites">Those that have its limits, counted as far.</param>
public sealed record ProductDetail(
    long Id,
    int Version,
    string Code,
    long Subscriptions,
    long Websites,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public required ProductFields Fields { get; init; }

    /// <summary>They mean nothing where no hosting is provisioned.</summary>
    public required PlanLimits Limits { get; init; }
    public IReadOnlyList<ProductPrice> Prices { get; init; } = [];
}

public static class ProductFacts
{
    private sealed record PriceOfProduct(long ProductId, string BillingPeriod, string Currency, decimal Amount, bool Active);

    /// <param name="key">Code or id. A code may look like an id; the code wins.</param>
    public static async Task<ProductDetail?> Of(NpgsqlConnection db, string key, NpgsqlTransaction? transaction = null)
    {
        var product = (
            await db.QueryAsync<ProductDetail, ProductFields, PlanLimits, ProductDetail>(
                """
                select p.id, p.version, p.code,
                       (select count(*) from (
                            select 1 from subscriptions s where s.product_id = p.id and s.status <> 'cancelled' limit @most
                        ) counted) as subscriptions,
                       (select count(*) from (
                            select 1 from websites w where w.plan = p.code and w.status <> 'removed' limit @most
                        ) counted) as websites,
                       p.created_at, p.updated_at,
                       p.name, p.description, p.provisions, p.server_role, p.server_tags, p.rank, p.active,
                       p.disk_mb, p.inodes, p.upload_mb, p.php_workers, p.php_memory_mb, p.traffic_gb, p.cron_jobs
                from products p
                where p.code = @key or p.id::text = @key
                order by p.code = @key desc
                limit 1
                """,
                (product, fields, limits) => product with { Fields = fields, Limits = limits },
                new { key, most = ListTotal.Most },
                transaction,
                splitOn: "name,disk_mb"
            )
        ).SingleOrDefault();
        return product is null ? null : product with { Prices = [.. (await Prices(db, [product.Id], transaction))[product.Id]] };
    }

    /// <returns>By product, each by period and currency; those switched off too.</returns>
    public static async Task<ILookup<long, ProductPrice>> Prices(
        NpgsqlConnection db,
        long[] products,
        NpgsqlTransaction? transaction = null
    ) =>
        (
            await db.QueryAsync<PriceOfProduct>(
                """
                select product_id, billing_period, currency, amount, active
                from product_prices
                where product_id = any (@products)
                order by product_id, array_position(array['month', 'year', 'one_time'], billing_period), currency
                """,
                new { products },
                transaction
            )
        ).ToLookup(p => p.ProductId, p => new ProductPrice(p.BillingPeriod, p.Currency, p.Amount, p.Active));
}
