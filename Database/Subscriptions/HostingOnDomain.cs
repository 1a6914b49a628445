using Dapper;
using Npgsql;

namespace MPanel.Database.Subscriptions;

/// <summary>Hosting that a domain has from an earlier order.</summary>
/// <param name="Product">Code.</param>
/// <param name="Reference">Of the order that brought it.</param>
/// <param name="ReceivedAt">When that order came.</param>
public sealed record HostingOnDomain(string Product, string Reference, DateTimeOffset ReceivedAt)
{
    /// <summary>The latest few, newest first. Without those of this intake's own order.</summary>
    /// <param name="domains">Names of one website.</param>
    public static async Task<IReadOnlyList<HostingOnDomain>> Of(NpgsqlTransaction transaction, string[] domains, long intakeId) =>
        (
            await transaction.Connection!.QueryAsync<HostingOnDomain>(
                """
                select p.code as product, i.reference, least(i.created_at, (select min(r.created_at) from refused_orders r where r.intake_id = i.id)) as received_at
                from subscriptions s
                join products p on p.id = s.product_id and p.provisions = 'hosting'
                join order_items item on item.id = s.order_item_id
                join orders o on o.id = item.order_id
                join order_intakes i on i.id = o.intake_id
                where s.id in (
                        select id from subscriptions where domain = any(@domains)
                        union
                        select f.id from hostnames h join subscriptions f on f.website_id = h.website_id where h.name = any(@domains)
                    )
                  and s.status <> 'cancelled' and i.id <> @intakeId
                  and not exists (select from websites gone where gone.id = s.website_id and gone.status = 'removed')
                order by s.id desc
                limit 5
                """,
                new { domains, intakeId },
                transaction
            )
        ).AsList();
}
