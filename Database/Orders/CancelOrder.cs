using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>An order that somebody means to cancel.</summary>
/// <param name="JobId">The work of taking it in; null when that ended long ago.</param>
/// <param name="JobState">Where that stands, see <see cref="Jobs.JobState"/>; null without it.</param>
/// <param name="OrderId">Null while it stopped before there was an order.</param>
/// <param name="Over">Cancelled already, or rejected.</param>
public sealed record CancellableOrder(long IntakeId, string Reference, long? JobId, string? JobState, long? OrderId, bool Over)
{
    /// <summary>Null when the books know no payment of it.</summary>
    public OrderPayment? Payment { get; init; }
}

/// <summary>What of an order's payment could go back.</summary>
/// <param name="Rest">Major units; what has not gone back, isn't going, isn't taken by the bank, and wasn't used as credit.</param>
/// <param name="Disputed">The customer's bank holds the money, or has taken it.</param>
public sealed record OrderPayment(long PaymentId, string Currency, decimal Rest, bool Disputed);

/// <summary>A website that an order's hosting is on.</summary>
/// <param name="Stays">Another order's hosting is on it, too.</param>
public sealed record OrderWebsite(long Id, string Domain, bool Stays);

/// <summary>What ends with an order.</summary>
/// <param name="Subscriptions">How many of them are pending or active.</param>
/// <param name="Tasks">Ids of what is open or failed.</param>
public sealed record OrderEnds(int Subscriptions, IReadOnlyList<long> Tasks, IReadOnlyList<OrderWebsite> Websites);

/// <summary>The parts of a cancellation. Whoever cancels holds the intake, then the payment, the websites, the tasks, and the order.</summary>
public static class CancelOrder
{
    /// <summary>Null when there is no such order.</summary>
    /// <param name="transaction">With one, intake and payment are locked; whoever takes it in waits, or is seen to be at work.</param>
    public static async Task<CancellableOrder?> Of(NpgsqlConnection db, string reference, NpgsqlTransaction? transaction = null)
    {
        if (transaction is not null)
            await db.ExecuteAsync(
                """
                select from order_intakes where reference = @reference for no key update;
                select from outbox where key = 'order:' || (select id from order_intakes where reference = @reference) for no key update;
                select from payments where intake_id = (select id from order_intakes where reference = @reference) for no key update;
                """,
                new { reference },
                transaction
            );
        return (
            await db.QueryAsync<CancellableOrder, OrderPayment?, CancellableOrder>(
                """
                select i.id as intake_id, i.reference, j.id as job_id, j.state as job_state, o.id as order_id,
                       i.status = 'rejected' or o.cancelled_at is not null as over,
                       p.id as payment_id, p.currency,
                       -- Nor what became the customer's credit and was used since.
                       greatest(p.amount - p.refunding - p.refunded - p.disputed - greatest(p.to_credit - coalesce((
                           select b.amount from credit_balances b where b.customer_id = p.customer_id and b.currency = p.currency
                       ), 0), 0), 0) as rest, p.status in ('disputed', 'lost') as disputed
                from order_intakes i
                left join outbox j on j.key = 'order:' || i.id
                left join orders o on o.intake_id = i.id
                left join payments p on p.intake_id = i.id and p.method = 'stripe'
                where i.reference = @reference
                """,
                (order, payment) => order with { Payment = payment },
                new { reference },
                transaction,
                splitOn: "payment_id"
            )
        ).SingleOrDefault();
    }

    public static async Task<OrderEnds> Ends(NpgsqlConnection db, long orderId, NpgsqlTransaction? transaction = null)
    {
        await using var results = await db.QueryMultipleAsync(
            """
            select count(*)::integer from order_items i join subscriptions s on s.order_item_id = i.id
            where i.order_id = @orderId and s.status <> 'cancelled';

            select id from provisioning_tasks where order_id = @orderId and status in ('pending', 'in_progress', 'failed') order by id;

            select w.id, w.domain, exists (
                select from subscriptions other
                join order_items item on item.id = other.order_item_id and item.order_id <> @orderId
                join products p on p.id = other.product_id and p.provisions = 'hosting'
                where other.website_id = w.id and other.status <> 'cancelled'
            ) as stays
            from websites w
            where w.status not in ('removing', 'removed') and w.id in (
                select s.website_id from order_items i join subscriptions s on s.order_item_id = i.id
                join products p on p.id = s.product_id and p.provisions = 'hosting'
                where i.order_id = @orderId and s.status <> 'cancelled'
            )
            order by w.id;
            """,
            new { orderId },
            transaction
        );
        return new OrderEnds(
            await results.ReadSingleAsync<int>(),
            (await results.ReadAsync<long>()).AsList(),
            (await results.ReadAsync<OrderWebsite>()).AsList()
        );
    }

    /// <summary>The order itself ends. What it brought has ended before.</summary>
    public static Task Run(NpgsqlTransaction transaction, long orderId, string reason, string actor) =>
        transaction.Connection!.ExecuteAsync(
            """
            update orders set status = 'cancelled', cancelled_at = now(), cancelled_by = @actor, cancel_reason = @reason, updated_at = now()
            where id = @orderId and cancelled_at is null;
            """,
            new
            {
                orderId,
                reason,
                actor,
            },
            transaction
        );

    /// <summary>A cancelled order is refunded from when all its money went back, and as long as that is so.</summary>
    public static Task FollowRefund(NpgsqlTransaction transaction, long paymentId) =>
        transaction.Connection!.ExecuteAsync(
            """
            update orders o set status = case when p.refunded = p.amount then 'refunded' else 'cancelled' end, updated_at = now()
            from payments p
            where p.id = @paymentId and o.intake_id = p.intake_id and o.cancelled_at is not null
              and o.status = case when p.refunded = p.amount then 'cancelled' else 'refunded' end
            """,
            new { paymentId },
            transaction
        );

    public static Task Note(NpgsqlTransaction transaction, long intakeId, string message, string actor, string correlationId) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            {Timeline.Append}
            values ('{Timeline.Intake}', @intakeId, now(), '{TimelineStep.Cancellation}', null, null, 'cancelled', 'cancelled', @message, null, @actor, @correlationId)
            """,
            new
            {
                intakeId,
                message,
                actor,
                correlationId,
            },
            transaction
        );
}
