using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <param name="ServerId">Null while no server has room.</param>
/// <param name="DomainId">Null when the domain's own row is gone.</param>
/// <param name="AnsweredAt">When its server last configured it and had an answer from it over HTTP; null when that never happened.</param>
public sealed record WebsiteDetail(
    long Id,
    string Domain,
    string Status,
    string Plan,
    string PlanName,
    long CustomerId,
    string Customer,
    long? ServerId,
    string? Server,
    long? DomainId,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

public sealed record WebsiteTask(
    long Id,
    string Type,
    string Action,
    string Status,
    int Attempt,
    string? LastError,
    DateTimeOffset UpdatedAt
);

/// <summary>A subscription that is, or was, provided on the website's domain.</summary>
public sealed record WebsiteSubscription(long Id, string Product, string Status, string OrderReference, DateTimeOffset CurrentPeriodEnd);

public static class WebsiteFacts
{
    public static Task<WebsiteDetail?> Of(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<WebsiteDetail>(
            """
            select w.id, w.domain, w.status, w.plan, p.name as plan_name, w.customer_id, c.name as customer, w.server_id, s.name as server,
                   d.id as domain_id,
                   (select max(t.finished_at) from provisioning_tasks t
                    where t.domain = w.domain and t.website_id = w.id and t.type = 'hosting' and t.action in ('create', 'resume') and t.status = 'success'
                   ) as answered_at,
                   w.created_at, w.updated_at
            from websites w
            join customers c on c.id = w.customer_id
            join products p on p.code = w.plan
            left join servers s on s.id = w.server_id
            left join domains d on d.name = w.domain
            where w.id = @id
            """,
            new { id }
        );

    /// <summary>The newest few.</summary>
    public static Task<IEnumerable<WebsiteTask>> Tasks(NpgsqlConnection db, long id, int limit) =>
        db.QueryAsync<WebsiteTask>(
            """
            select t.id, t.type, t.action, t.status, t.attempt, t.last_error, t.updated_at
            from websites w join provisioning_tasks t on t.domain = w.domain and t.website_id = w.id
            where w.id = @id
            order by t.id desc
            limit @limit
            """,
            new { id, limit }
        );

    /// <summary>By way of the website's tasks, newest first.</summary>
    public static Task<IEnumerable<WebsiteSubscription>> Subscriptions(NpgsqlConnection db, long id) =>
        db.QueryAsync<WebsiteSubscription>(
            """
            select distinct s.id, p.name as product, s.status, o.reference as order_reference, s.current_period_end
            from websites w
            join provisioning_tasks t on t.domain = w.domain and t.website_id = w.id
            join subscriptions s on s.id = t.subscription_id
            join products p on p.id = s.product_id
            join orders o on o.id = t.order_id
            where w.id = @id
            order by s.id desc
            limit 50
            """,
            new { id }
        );
}
