using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Subscriptions;

/// <param name="ProductCode">The plan.</param>
/// <param name="BillingPeriod"><c>month</c> or <c>year</c>.</param>
/// <param name="UnitPrice">Major units, for one period; the subscription's own, whatever the product costs by now.</param>
/// <param name="CurrentPeriodEnd">When it renews.</param>
public sealed record SubscriptionRow(
    long Id,
    string ProductCode,
    string Product,
    long CustomerId,
    string Customer,
    string Domain,
    string Status,
    string BillingPeriod,
    int Quantity,
    decimal UnitPrice,
    string Currency,
    DateTimeOffset CurrentPeriodEnd,
    DateTimeOffset CreatedAt,
    string SortKey
) : IListRow
{
    public decimal Amount => Quantity * UnitPrice;
}

/// <param name="Like">Pattern for the domain; null for all.</param>
/// <param name="Product">Product code.</param>
/// <param name="RenewsBefore">The current period ends before then.</param>
public sealed record SubscriptionFilter(string? Like, string? Status, string? Product, long? Customer, DateTimeOffset? RenewsBefore);

public static class SubscriptionList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("created", "s.created_at", "timestamptz"),
        new("renews", "s.current_period_end", "timestamptz"),
    ];

    private const string Matching = """
        where (@Like::text is null or s.domain ilike @Like)
          and (@Status::text is null or s.status = @Status)
          and (@ProductId::bigint is null or s.product_id = @ProductId)
          and (@Customer::bigint is null or s.customer_id = @Customer)
          and (@RenewsBefore::timestamptz is null or s.current_period_end < @RenewsBefore)
        """;

    /// <summary>The product by its id: told by code, the planner would not know whether all or none are subscriptions of it.</summary>
    private sealed record Conditions(string? Like, string? Status, long? ProductId, long? Customer, DateTimeOffset? RenewsBefore)
    {
        public static async Task<Conditions> Of(NpgsqlConnection db, SubscriptionFilter filter) =>
            new(
                filter.Like,
                filter.Status,
                filter.Product is null
                    ? null
                    : await db.ExecuteScalarAsync<long>("select coalesce((select id from products where code = @Product), 0)", filter),
                filter.Customer,
                filter.RenewsBefore
            );
    }

    public static async Task<Slice<SubscriptionRow>> Read(NpgsqlConnection db, SubscriptionFilter filter, SliceRequest slice) =>
        await slice.Read<SubscriptionRow>(
            db,
            "s.id",
            $$"""
            select s.id, p.code as product_code, p.name as product, s.customer_id, c.name as customer, s.domain, s.status, s.billing_period,
                   s.quantity, s.unit_price, s.currency, s.current_period_end, s.created_at, ({sort})::text as sort_key
            from subscriptions s
            join products p on p.id = s.product_id
            join customers c on c.id = s.customer_id
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            await Conditions.Of(db, filter)
        );

    public static async Task<ListTotal> Count(NpgsqlConnection db, SubscriptionFilter filter) =>
        await ListTotal.Of(
            db,
            $"select count(*) from (select 1 from subscriptions s {Matching} limit @bound) counted",
            await Conditions.Of(db, filter)
        );
}
