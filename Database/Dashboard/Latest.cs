using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Dashboard;

/// <param name="Total">Major units.</param>
public sealed record RecentInvoice(
    long Id,
    string Number,
    string Status,
    long CustomerId,
    string Customer,
    decimal Total,
    string Currency,
    DateTimeOffset IssuedAt
);

/// <param name="OrderState">Null until the order exists, as are Total and Currency.</param>
public sealed record RecentOrder(
    string Reference,
    string Status,
    string? OrderState,
    string? Email,
    string? Domain,
    decimal? Total,
    string? Currency,
    DateTimeOffset CreatedAt
);

public static class Latest
{
    public static async Task<IReadOnlyList<RecentInvoice>> Invoices(NpgsqlConnection db, int limit) =>
        [
            .. await db.QueryAsync<RecentInvoice>(
                """
                select id, invoice_number as number, status, customer_id, buyer_name as customer, total, currency, issued_at
                from invoices
                where status not in ('draft', 'void')
                order by coalesce(issued_at, created_at) desc, id desc
                limit @limit
                """,
                new { limit }
            ),
        ];

    /// <summary>Invoices that are issued and not paid.</summary>
    public static Task<ListTotal> OpenInvoices(NpgsqlConnection db) =>
        ListTotal.Of(db, "select count(*) from (select 1 from invoices where status = 'open' limit @bound) counted", new { });

    public static async Task<IReadOnlyList<RecentOrder>> Orders(NpgsqlConnection db, int limit) =>
        [
            .. await db.QueryAsync<RecentOrder>(
                """
                select i.reference, i.status, o.status as order_state, i.body ->> 'customerEmail' as email,
                       i.body ->> 'primaryDomain' as domain, o.total, o.currency, i.created_at
                from order_intakes i left join orders o on o.intake_id = i.id
                order by i.created_at desc, i.id desc
                limit @limit
                """,
                new { limit }
            ),
        ];
}
