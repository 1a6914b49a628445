using Dapper;
using Npgsql;

namespace MPanel.Database.Disputes;

/// <summary>What banks have taken back of a payment, counted anew from its disputes. The payment is locked by the caller.</summary>
public static class BookDisputes
{
    /// <summary>
    /// Refunds go first: what went back to the customer can't be taken from us by the same payment again, and Stripe lets a refund of a
    /// disputed charge fail. What is left is the disputes', the oldest first. A loss is revenue as far as the payment paid invoices.
    /// </summary>
    public static Task Run(NpgsqlTransaction transaction, long paymentId, DateTimeOffset now) =>
        transaction.Connection!.ExecuteAsync(
            """
            with payment as materialized (
                select id, currency, amount - refunding - refunded as room, allocated from payments where id = @paymentId
            ), claimed as (
                select d.id, d.booked, p.room, p.allocated, claim.amount,
                    coalesce(sum(claim.amount) over (order by d.id rows between unbounded preceding and 1 preceding), 0) as before
                from payment p join disputes d on d.payment_id = p.id
                cross join lateral (
                    select case when d.booked = 'none' or d.currency <> p.currency then 0 else d.amount end as amount
                ) claim
            ), booked as (
                select id, booked, allocated, least(amount, greatest(room - before, 0)) as amount, least(before, room) as before from claimed
            ), lost as (
                select id, amount, case booked when 'lost' then least(amount, greatest(allocated - before, 0)) else 0 end as loss from booked
            )
            update disputes d set booked_amount = l.amount, loss = l.loss, updated_at = case when d.loss <> l.loss then @now else d.updated_at end
            from lost l where d.id = l.id and (d.booked_amount, d.loss) <> (l.amount, l.loss);

            update payments p
            set disputed = s.amount, status = s.status, updated_at = now()
            from (
                select p.id, d.amount,
                    case when d.held > 0 then 'disputed'
                         when d.amount > 0 then 'lost'
                         when p.refunded = p.amount then 'refunded'
                         when p.refunded > 0 then 'partially_refunded'
                         else 'succeeded' end as status
                from payments p cross join (
                    select coalesce(sum(booked_amount), 0) as amount, coalesce(sum(booked_amount) filter (where booked = 'held'), 0) as held
                    from disputes where payment_id = @paymentId
                ) d
                where p.id = @paymentId
            ) s
            where p.id = s.id and (p.disputed, p.status) <> (s.amount, s.status);
            """,
            new { paymentId, now },
            transaction
        );

    /// <summary>For the moment: a refund that Stripe has made goes before. <see cref="Run"/> follows in the same transaction.</summary>
    public static Task GiveWay(NpgsqlTransaction transaction, long paymentId) =>
        transaction.Connection!.ExecuteAsync(
            "update payments set disputed = 0 where id = @paymentId and disputed > 0",
            new { paymentId },
            transaction
        );
}
