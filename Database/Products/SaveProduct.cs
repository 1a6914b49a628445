using Dapper;
using Npgsql;

namespace MPanel.Database.Products;

/// <summary>What people may change of a product. Its code is not among it: orders, websites and the marketing site name products by it.</summary>
/// <param name="Provisions"><c>hosting</c>, <c>backup</c>, <c>mail</c>, <c>ssl</c> or <c>none</c>.</param>
/// <param name="ServerRole">Null exactly where there is nothing to provision.</param>
/// <param name="Rank">Of several hosting plans on one domain the highest gives the website its limits.</param>
public sealed record ProductFields(
    string Name,
    string Description,
    string Provisions,
    string? ServerRole,
    string[] ServerTags,
    int Rank,
    bool Active
);

/// <summary>Creates and changes products. Subscriptions hold the price they were sold at, so nothing here touches one.</summary>
public static class SaveProduct
{
    /// <returns>The new product's id; null when there is one with that code.</returns>
    public static Task<long?> Create(NpgsqlTransaction transaction, string code, ProductFields fields, PlanLimits limits) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            insert into products (code, name, description, provisions, server_role, server_tags, rank, active, disk_mb, inodes, upload_mb,
                php_workers, php_memory_mb, traffic_gb, cron_jobs)
            values (@code, @Name, @Description, @Provisions, @ServerRole, @ServerTags, @Rank, @Active, @DiskMb, @Inodes, @UploadMb,
                @PhpWorkers, @PhpMemoryMb, @TrafficGb, @CronJobs)
            on conflict (code) do nothing
            returning id
            """,
            With(fields, limits, ("code", code)),
            transaction
        );

    /// <param name="version">The version that the edit began from.</param>
    /// <returns>False when the product is at another version, or isn't there.</returns>
    public static async Task<bool> Update(NpgsqlTransaction transaction, long id, int version, ProductFields fields, PlanLimits limits) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update products
            set name = @Name, description = @Description, provisions = @Provisions, server_role = @ServerRole, server_tags = @ServerTags,
                rank = @Rank, active = @Active, disk_mb = @DiskMb, inodes = @Inodes, upload_mb = @UploadMb, php_workers = @PhpWorkers,
                php_memory_mb = @PhpMemoryMb, traffic_gb = @TrafficGb, cron_jobs = @CronJobs, version = version + 1, updated_at = now()
            where id = @id and version = @version
            """,
            With(fields, limits, ("id", id), ("version", version)),
            transaction
        ) == 1;

    /// <summary>Adds a price, or changes the one for the same period and currency.</summary>
    public static Task SetPrice(NpgsqlTransaction transaction, long productId, ProductPrice price) =>
        transaction.Connection!.ExecuteAsync(
            """
            insert into product_prices (product_id, billing_period, currency, amount, active)
            values (@productId, @BillingPeriod, @Currency, @Amount, @Active)
            on conflict (product_id, billing_period, currency)
            do update set amount = excluded.amount, active = excluded.active, updated_at = now()
            """,
            new
            {
                productId,
                price.BillingPeriod,
                price.Currency,
                price.Amount,
                price.Active,
            },
            transaction
        );

    private static DynamicParameters With(ProductFields fields, PlanLimits limits, params (string Name, object Value)[] others)
    {
        var parameters = new DynamicParameters(fields);
        parameters.AddDynamicParams(limits);
        foreach (var (name, value) in others)
            parameters.Add(name, value);
        return parameters;
    }
}
