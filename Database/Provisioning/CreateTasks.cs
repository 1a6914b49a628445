using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>An item of an order that needs work on a server, in the order's own order.</summary>
/// <param name="SubscriptionId">Null for an item without one.</param>
/// <param name="Product">Product code.</param>
/// <param name="Type">Code of a kind of task.</param>
public sealed record Provisionable(
    long OrderId,
    long CustomerId,
    string Domain,
    long? SubscriptionId,
    string Product,
    string Type,
    string ServerRole,
    string[] ServerTags
);

/// <param name="Subject">What it is about.</param>
/// <param name="DependsOn">Position in the same list of the task that must succeed first; null for none.</param>
/// <param name="Payload">JSON.</param>
public sealed record NewTask(Provisionable For, TaskSubject Subject, long? WebsiteId, long? ServerId, int? DependsOn, string Payload);

/// <summary>Step "tasks" of the sacred path, see docs/blueprint.md.</summary>
public static class CreateTasks
{
    /// <summary>What the intake's order must have provisioned; empty when there is nothing to do on any server.</summary>
    public static async Task<IReadOnlyList<Provisionable>> Plan(NpgsqlTransaction transaction, long intakeId) =>
        (
            await transaction.Connection!.QueryAsync<Provisionable>(
                """
                select o.id as order_id, o.customer_id, o.primary_domain as domain, s.id as subscription_id, p.code as product,
                    p.provisions::text as type, p.server_role, p.server_tags
                from orders o
                join order_items i on i.order_id = o.id
                join products p on p.id = i.product_id and p.provisions <> 'none'
                left join subscriptions s on s.order_item_id = i.id
                where o.intake_id = @intakeId
                order by i.position
                """,
                new { intakeId },
                transaction
            )
        ).AsList();

    /// <summary>Writes the tasks and moves the order on.</summary>
    /// <returns>Servers that have something to claim by this, to be told after the commit.</returns>
    public static async Task<IReadOnlyList<long>> Run(
        NpgsqlTransaction transaction,
        long intakeId,
        IReadOnlyList<NewTask> tasks,
        string correlationId
    )
    {
        var db = transaction.Connection!;
        var ids = (
            await db.QueryAsync<long>(
                "select nextval(pg_get_serial_sequence('provisioning_tasks', 'id')) from generate_series(1, @Count)",
                new { tasks.Count },
                transaction
            )
        ).AsList();
        await db.ExecuteAsync(
            """
            with moved as (
                update orders set status = case when @Count > 0 then 'provisioning' else 'completed' end, updated_at = now()
                where intake_id = @intakeId and status = 'paid'
            )
            insert into provisioning_tasks (id, order_id, subscription_id, subject_kind, subject_id, type, action, domain, website_id,
                server_role, server_tags, server_id, depends_on, status, payload, correlation_id)
            overriding system value
            select t.id, t.order_id, t.subscription_id, t.subject_kind, t.subject_id, t.type, 'create', t.domain, t.website_id,
                t.role, p.server_tags, t.server_id, t.depends_on, 'pending', t.payload::jsonb, @correlationId
            from unnest(@ids, @orders, @subscriptions, @subjectKinds, @subjectIds, @types, @domains, @websites, @roles, @servers, @dependsOn,
                    @payloads, @products)
                as t (id, order_id, subscription_id, subject_kind, subject_id, type, domain, website_id, role, server_id, depends_on, payload, product)
            join products p on p.code = t.product
            """,
            new
            {
                intakeId,
                correlationId,
                tasks.Count,
                ids = ids.ToArray(),
                orders = tasks.Select(t => t.For.OrderId).ToArray(),
                subscriptions = tasks.Select(t => t.For.SubscriptionId).ToArray(),
                subjectKinds = tasks.Select(t => t.Subject.Kind).ToArray(),
                subjectIds = tasks.Select(t => t.Subject.Id).ToArray(),
                types = tasks.Select(t => t.For.Type).ToArray(),
                domains = tasks.Select(t => t.For.Domain).ToArray(),
                websites = tasks.Select(t => t.WebsiteId).ToArray(),
                roles = tasks.Select(t => t.For.ServerRole).ToArray(),
                servers = tasks.Select(t => t.ServerId).ToArray(),
                dependsOn = tasks.Select(t => t.DependsOn is { } at ? ids[at] : (long?)null).ToArray(),
                payloads = tasks.Select(t => t.Payload).ToArray(),
                products = tasks.Select(t => t.For.Product).ToArray(),
            },
            transaction
        );
        // What waits for another task is claimable only when that is done.
        return [.. tasks.Where(t => t.DependsOn is null).Select(t => t.ServerId).OfType<long>().Distinct()];
    }
}
