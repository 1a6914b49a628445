using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>Refused orders that were not kept, because their sender has so many open ones.</summary>
/// <param name="ReceivedBy">Name of the API key that brought them.</param>
/// <param name="Times">How many were not kept since <paramref name="Since"/>.</param>
public sealed record NotKeptOrders(long Id, string ReceivedBy, long Times, DateTimeOffset Since, DateTimeOffset LastAt)
{
    /// <summary>The most recent few.</summary>
    public static async Task<IReadOnlyList<NotKeptOrders>> Read(NpgsqlConnection db) =>
        (
            await db.QueryAsync<NotKeptOrders>(
                "select id, received_by, times, since, last_at from refused_orders_not_kept order by last_at desc limit 10"
            )
        ).AsList();

    public static Task<bool> IsFull(NpgsqlTransaction transaction, string receivedBy, bool named, int most) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            """
            select count(*) >= @most from (
                select from refused_orders
                where status = 'open' and received_by = @receivedBy and (stripe_payment_intent_id is not null) = @named
                limit @most
            ) open
            """,
            new
            {
                receivedBy,
                named,
                most,
            },
            transaction
        );

    public static Task Count(NpgsqlTransaction transaction, string receivedBy) =>
        transaction.Connection!.ExecuteAsync(
            """
            insert into refused_orders_not_kept as n (received_by) values (@receivedBy)
            on conflict (received_by) do update set times = n.times + 1, last_at = now()
            """,
            new { receivedBy },
            transaction
        );

    /// <summary>Somebody has worked off all that was kept of this sender.</summary>
    public static Task Forget(NpgsqlTransaction transaction, string receivedBy) =>
        transaction.Connection!.ExecuteAsync(
            """
            delete from refused_orders_not_kept n
            where n.received_by = @receivedBy
              and not exists (select from refused_orders r where r.status = 'open' and r.received_by = @receivedBy)
            """,
            new { receivedBy },
            transaction
        );
}
