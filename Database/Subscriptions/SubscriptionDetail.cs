using Dapper;
using Npgsql;

namespace MPanel.Database.Subscriptions;

/// <param name="OrderReference">The order it was bought with.</param>
/// <param name="CancelledAt">Null while it goes on, or where an earlier release ended it.</param>
public sealed record SubscriptionDetail(
    long Id,
    string Domain,
    string Status,
    string OrderReference,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? CancelledAt
)
{
    public required SubscribedProduct Product { get; init; }
    public required Subscriber Customer { get; init; }
    public required SubscriptionTerms Terms { get; init; }
}

public sealed record SubscribedProduct(string Code, string Name);

public sealed record Subscriber(long Id, string Name);

/// <summary>What is paid, and for which period now.</summary>
/// <param name="UnitPrice">Major units, for one period; the subscription's own, whatever the product costs by now.</param>
/// <param name="CurrentPeriodEnd">Until when it is paid.</param>
public sealed record SubscriptionTerms(
    string BillingPeriod,
    int Quantity,
    decimal UnitPrice,
    string Currency,
    DateTimeOffset CurrentPeriodStart,
    DateTimeOffset CurrentPeriodEnd
)
{
    public decimal Amount => Quantity * UnitPrice;
}

/// <param name="WebsiteId">Null for a task that needs no website.</param>
/// <param name="Server">Null while no server has room.</param>
public sealed record SubscriptionTask(
    long Id,
    string Type,
    string Action,
    string Domain,
    string Status,
    long? WebsiteId,
    string? Server,
    string? LastError,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt
);

public static class SubscriptionFacts
{
    private const int Tasks = 50;

    public static async Task<SubscriptionDetail?> Of(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<SubscriptionDetail, SubscribedProduct, Subscriber, SubscriptionTerms, SubscriptionDetail>(
                """
                select s.id, s.domain, s.status, o.reference as order_reference, s.created_at, s.updated_at, s.cancelled_at,
                       p.code, p.name, c.id, c.name,
                       s.billing_period, s.quantity, s.unit_price, s.currency, s.current_period_start, s.current_period_end
                from subscriptions s
                join products p on p.id = s.product_id
                join customers c on c.id = s.customer_id
                join order_items i on i.id = s.order_item_id
                join orders o on o.id = i.order_id
                where s.id = @id
                """,
                (subscription, product, customer, terms) => subscription with { Product = product, Customer = customer, Terms = terms },
                new { id },
                splitOn: "code,id,billing_period"
            )
        ).SingleOrDefault();

    /// <returns>The newest fifty, newest first. They are found by way of the subscription's order.</returns>
    public static Task<IEnumerable<SubscriptionTask>> TasksOf(NpgsqlConnection db, long id) =>
        db.QueryAsync<SubscriptionTask>(
            """
            select t.id, t.type, t.action, t.domain, t.status, t.website_id, sv.name as server, t.last_error, t.created_at, t.finished_at
            from subscriptions s
            join order_items i on i.id = s.order_item_id
            join provisioning_tasks t on t.order_id = i.order_id and t.subscription_id = s.id
            left join servers sv on sv.id = t.server_id
            where s.id = @id
            order by t.id desc
            limit @Tasks
            """,
            new { id, Tasks }
        );
}
