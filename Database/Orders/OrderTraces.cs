using System.Data;
using Dapper;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

public static class OrderTraces
{
    /// <summary>The last lines of each task's log that are read along.</summary>
    public const int LogLines = 20;

    /// <summary>Null when there is no such order.</summary>
    public static async Task<OrderTrace?> Of(NpgsqlConnection db, string reference)
    {
        await using var snapshot = await db.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        if (await Head(db, reference) is not { Order: var order, ReadAt: var readAt })
            return null;
        var job = await db.QuerySingleOrDefaultAsync<TracedJob>(
            """
            select id, state, step::int as step, spent, due_at, code, reason from outbox where key = 'order:' || @Id
            """,
            new { order.Intake.Id }
        );
        var timeline = await TimelineLine.OfIntake(db, order.Intake.Id);
        if (order.Delivery is not { OrderId: var orderId })
            return new OrderTrace(readAt, order, job, [], [], [], [], [], timeline);
        var tasks = (await TaskList.OfOrder(db, orderId)).ToList();
        var ids = tasks.Select(t => t.Id).ToArray();
        return new OrderTrace(
            readAt,
            order,
            job,
            [.. await Subscriptions(db, orderId)],
            tasks,
            [.. await Attempts(db, ids)],
            [.. await Log(db, ids)],
            [.. await Sites(db, orderId)],
            timeline
        );
    }

    /// <summary>Canonical JSON of what was ordered; null when there is no such order.</summary>
    public static Task<string?> Body(NpgsqlConnection db, string reference) =>
        db.ExecuteScalarAsync<string?>("select body::text from order_intakes where reference = @reference", new { reference });

    private sealed record ReadOrder(TracedOrder Order, DateTimeOffset ReadAt);

    private static async Task<ReadOrder?> Head(NpgsqlConnection db, string reference) =>
        (
            await db.QueryAsync<
                TracedIntake,
                AcceptedPrices?,
                TracedCustomer?,
                TracedPayment?,
                TracedDelivery?,
                TracedInvoice?,
                DateTimeOffset,
                ReadOrder
            >(
                """
                select i.id, i.reference, i.status, i.reason_code, i.reason, i.stripe_payment_intent_id as payment_intent_id,
                       i.body::text as body, i.correlation_id, i.created_at,
                       i.prices_accepted_at as at, i.prices_accepted_by as by,
                       c.id, c.name, c.email,
                       p.status, p.amount, p.currency, p.livemode as live_mode,
                       o.id as order_id, o.status as state,
                       v.id, v.invoice_number as number, v.status,
                       now() as read_at
                from order_intakes i
                left join customers c on c.id = i.customer_id
                left join payments p on p.intake_id = i.id
                left join orders o on o.intake_id = i.id
                left join lateral (select * from invoices where order_id = o.id order by id desc limit 1) v on true
                where i.reference = @reference
                """,
                (intake, prices, customer, payment, delivery, invoice, readAt) =>
                    new ReadOrder(new TracedOrder(intake, prices, customer, payment, delivery, invoice), readAt),
                new { reference },
                splitOn: "at,id,status,order_id,id,read_at"
            )
        ).SingleOrDefault();

    private static Task<IEnumerable<TracedSubscription>> Subscriptions(NpgsqlConnection db, long orderId) =>
        db.QueryAsync<TracedSubscription>(
            """
            select s.id, p.name as product, s.status, s.billing_period, s.quantity, s.unit_price, s.currency, s.current_period_end
            from order_items i
            join subscriptions s on s.order_item_id = i.id
            join products p on p.id = s.product_id
            where i.order_id = @orderId
            order by i.position
            """,
            new { orderId }
        );

    private static Task<IEnumerable<TracedAttempt>> Attempts(NpgsqlConnection db, long[] tasks) =>
        db.QueryAsync<TracedAttempt>(
            """
            select task_id, attempt, started_at, finished_at, outcome, error_code, error
            from task_attempts where task_id = any(@tasks)
            order by task_id, attempt
            """,
            new { tasks }
        );

    private static Task<IEnumerable<TracedLogLine>> Log(NpgsqlConnection db, long[] tasks) =>
        db.QueryAsync<TracedLogLine>(
            """
            select l.task_id, l.attempt, l.seq, l.at, l.level, l.message
            from unnest(@tasks) t (id)
            cross join lateral (
                select * from task_log_lines where task_id = t.id order by attempt desc, seq desc limit @LogLines
            ) l
            order by l.task_id, l.attempt, l.seq
            """,
            new { tasks, LogLines }
        );

    private static Task<IEnumerable<TracedSite>> Sites(NpgsqlConnection db, long orderId) =>
        db.QueryAsync<TracedSite>(
            """
            select w.id, w.domain, w.status, w.server_id, s.name as server
            from websites w left join servers s on s.id = w.server_id
            where w.id in (select website_id from provisioning_tasks where order_id = @orderId)
            order by w.id
            """,
            new { orderId }
        );
}
