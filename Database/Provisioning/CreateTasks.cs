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

/// <summary>A task of a kind without placements.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="DependsOn">Id of the task that must succeed first; null for none.</param>
/// <param name="Payload">JSON.</param>
public sealed record NewTask(Provisionable For, TaskSubject Subject, long? WebsiteId, long? ServerId, long? DependsOn, string Payload);

/// <summary>Step "tasks" of the sacred path, see docs/blueprint.md.</summary>
public static class CreateTasks
{
    /// <summary>
    /// What the intake's order must have provisioned; empty when there is nothing to do on any server. The plan that ranks highest is the last
    /// of the hosting, and stands in the end. Where a person keeps both, a plan of an earlier order that ranks higher stands for this one's.
    /// </summary>
    public static async Task<IReadOnlyList<Provisionable>> Plan(NpgsqlTransaction transaction, long intakeId) =>
        (
            await transaction.Connection!.QueryAsync<Provisionable>(
                """
                select o.id as order_id, o.customer_id, o.primary_domain as domain, s.id as subscription_id,
                    coalesce(best.code, p.code) as product, p.provisions::text as type, p.server_role, p.server_tags
                from orders o
                join order_intakes intake on intake.id = o.intake_id
                join order_items i on i.order_id = o.id
                join products p on p.id = i.product_id and p.provisions <> 'none'
                left join subscriptions s on s.order_item_id = i.id
                left join lateral (
                    select b.code from subscriptions other join products b on b.id = other.product_id and b.provisions = 'hosting'
                    where (other.domain = o.primary_domain
                           or other.website_id = (select h.website_id from hostnames h where h.name = o.primary_domain))
                      and other.status in ('pending', 'active')
                      and not exists (select from websites gone where gone.id = other.website_id and gone.status = 'removed')
                      -- Nothing more is done for an order that was closed, and its customer may have the money back.
                      and not exists (
                          select from order_items oi join orders oo on oo.id = oi.order_id join order_intakes closed on closed.id = oo.intake_id
                          where oi.id = other.order_item_id and (closed.status = 'rejected' or oo.status in ('cancelled', 'refunded'))
                      )
                    order by b.rank desc, other.id = s.id desc, other.id desc
                    limit 1
                ) best on p.provisions = 'hosting' and 'keep_both' = any(intake.accepted)
                where o.intake_id = @intakeId
                order by p.rank, i.position
                """,
                new { intakeId },
                transaction
            )
        ).AsList();

    /// <summary>The order's hosting is on this website.</summary>
    public static Task OnWebsite(NpgsqlTransaction transaction, long websiteId, IEnumerable<long> subscriptions) =>
        transaction.Connection!.ExecuteAsync(
            "update subscriptions set website_id = @websiteId, updated_at = now() where id = any(@ids) and website_id is distinct from @websiteId",
            new { websiteId, ids = subscriptions.ToArray() },
            transaction
        );

    /// <summary>The order waits for its tasks, or is complete when it has none.</summary>
    public static Task MoveOrderOn(NpgsqlTransaction transaction, long intakeId, bool waits) =>
        transaction.Connection!.ExecuteAsync(
            """
            update orders set status = case when @waits then 'provisioning' else 'completed' end, updated_at = now()
            where intake_id = @intakeId and status = 'paid'
            """,
            new { intakeId, waits },
            transaction
        );

    /// <returns>Servers that have something to claim by this, to be told after the commit.</returns>
    public static async Task<IReadOnlyList<long>> Run(NpgsqlTransaction transaction, IReadOnlyList<NewTask> tasks, string correlationId)
    {
        if (tasks.Count == 0)
            return [];
        await transaction.Connection!.ExecuteAsync(
            """
            insert into provisioning_tasks (order_id, subscription_id, subject_kind, subject_id, type, action, domain, website_id,
                server_role, server_tags, server_id, depends_on, status, payload, correlation_id)
            select t.order_id, t.subscription_id, t.subject_kind, t.subject_id, t.type, 'create', t.domain, t.website_id,
                t.role, p.server_tags, t.server_id, t.depends_on, 'pending', t.payload::jsonb, @correlationId
            from unnest(@orders, @subscriptions, @subjectKinds, @subjectIds, @types, @domains, @websites, @roles, @servers, @dependsOn,
                    @payloads, @products) with ordinality
                as t (order_id, subscription_id, subject_kind, subject_id, type, domain, website_id, role, server_id, depends_on, payload, product,
                      position)
            join products p on p.code = t.product
            order by t.position
            """,
            new
            {
                correlationId,
                orders = tasks.Select(t => t.For.OrderId).ToArray(),
                subscriptions = tasks.Select(t => t.For.SubscriptionId).ToArray(),
                subjectKinds = tasks.Select(t => t.Subject.Kind).ToArray(),
                subjectIds = tasks.Select(t => t.Subject.Id).ToArray(),
                types = tasks.Select(t => t.For.Type).ToArray(),
                domains = tasks.Select(t => t.For.Domain).ToArray(),
                websites = tasks.Select(t => t.WebsiteId).ToArray(),
                roles = tasks.Select(t => t.For.ServerRole).ToArray(),
                servers = tasks.Select(t => t.ServerId).ToArray(),
                dependsOn = tasks.Select(t => t.DependsOn).ToArray(),
                payloads = tasks.Select(t => t.Payload).ToArray(),
                products = tasks.Select(t => t.For.Product).ToArray(),
            },
            transaction
        );
        // What waits for another task is claimable only when that is done.
        return [.. tasks.Where(t => t.DependsOn is null).Select(t => t.ServerId).OfType<long>().Distinct()];
    }
}
