using Dapper;
using MPanel.Database.Disputes;
using MPanel.Database.Payments;
using Npgsql;

namespace MPanel.Database.Refunds;

/// <summary>What can still be refunded of an invoice.</summary>
/// <param name="Number">Of the invoice.</param>
/// <param name="PaymentId">That paid it; null where no payment at Stripe did.</param>
/// <param name="Rest">Major units: what of it is settled by the payment, and not being refunded.</param>
/// <param name="Disputed">The customer's bank has money of it: <see cref="PaymentState.Disputed"/> or <see cref="PaymentState.Lost"/>; null when it hasn't.</param>
public sealed record RefundableInvoice(long Id, string Number, string Currency, long? PaymentId, decimal Rest, string? Disputed);

/// <summary>A refund that was asked for here.</summary>
/// <param name="Uid">Names it at Stripe, and to whoever asks twice.</param>
/// <param name="Status">One of <see cref="RefundState"/>.</param>
public sealed record RequestedRefund(
    long Id,
    Guid Uid,
    long PaymentId,
    string PaymentIntentId,
    decimal Amount,
    string Currency,
    string Status,
    string Reason,
    string Actor
);

/// <param name="IsNew">False for one that was asked for before.</param>
public sealed record HeldRefund(RequestedRefund Refund, bool IsNew);

public static class RequestRefund
{
    /// <summary>Null when there is no such invoice.</summary>
    public static Task<RefundableInvoice?> Of(NpgsqlConnection db, long invoiceId, NpgsqlTransaction? transaction = null) =>
        db.QuerySingleOrDefaultAsync<RefundableInvoice>(
            """
            select i.id, i.invoice_number as number, i.currency, p.id as payment_id,
                greatest(least(i.settled, coalesce(p.amount - p.refunding - p.refunded - p.disputed, 0)), 0) as rest,
                case when p.status in ('disputed', 'lost') then p.status end as disputed
            from invoices i left join payments p on p.id = i.payment_id and p.method = 'stripe'
            where i.id = @invoiceId
            """,
            new { invoiceId },
            transaction
        );

    /// <summary>
    /// Holds a part of a payment's money for a refund. The same uid again holds nothing further.
    /// </summary>
    /// <returns>Null when not that much is left, the payment is disputed, or the uid is another payment's.</returns>
    public static async Task<HeldRefund?> Run(
        NpgsqlTransaction transaction,
        long paymentId,
        Guid uid,
        decimal amount,
        string reason,
        string actor
    )
    {
        var db = transaction.Connection!;
        // Whoever moves its money holds it, so that two who ask at once come one after the other.
        await db.ExecuteAsync("select from payments where id = @paymentId for no key update", new { paymentId }, transaction);
        if (await ByUid(db, uid, transaction) is { } before)
            return before.PaymentId == paymentId ? new HeldRefund(before, IsNew: false) : null;
        await db.ExecuteAsync(
            """
            with held as (
                update payments set refunding = refunding + @amount, updated_at = now()
                where id = @paymentId and status not in ('disputed', 'lost') and refunding + refunded + disputed + @amount <= amount
                  and not exists (select from refunds where uid = @uid)
                returning id, currency
            )
            insert into refunds (uid, payment_id, amount, currency, status, reason, actor)
            select @uid, id, @amount, currency, 'requested', @reason, @actor from held
            """,
            new
            {
                paymentId,
                uid,
                amount,
                reason,
                actor,
            },
            transaction
        );
        return await ByUid(db, uid, transaction) is { } held && held.PaymentId == paymentId ? new HeldRefund(held, IsNew: true) : null;
    }

    public static Task<RequestedRefund?> ByUid(NpgsqlConnection db, Guid uid, NpgsqlTransaction? transaction = null) =>
        Read(db, "r.uid = @uid", new { uid }, transaction);

    public static Task<RequestedRefund?> ById(NpgsqlConnection db, long id) => Read(db, "r.id = @id", new { id }, null);

    private static Task<RequestedRefund?> Read(NpgsqlConnection db, string which, object parameters, NpgsqlTransaction? transaction) =>
        db.QuerySingleOrDefaultAsync<RequestedRefund>(
            $"""
            select r.id, r.uid, r.payment_id, p.stripe_payment_intent_id as payment_intent_id, r.amount, r.currency, r.status, r.reason, r.actor
            from refunds r join payments p on p.id = r.payment_id where {which}
            """,
            parameters,
            transaction
        );

    /// <summary>Stripe didn't take it: its money is free again. Nothing happens to one that Stripe has by now.</summary>
    /// <returns>Whether it was so.</returns>
    public static async Task<bool> Refuse(NpgsqlTransaction transaction, RequestedRefund refund, string failure, DateTimeOffset now)
    {
        var refused = await transaction.Connection!.ExecuteScalarAsync<bool>(
            """
            with locked as (
                select id from payments where id = @PaymentId for no key update
            ), refused as (
                update refunds r set status = 'failed', failure = @failure, updated_at = now()
                from locked where r.id = @Id and r.status = 'requested' and r.stripe_refund_id is null
                returning r.payment_id, r.amount
            ), freed as (
                update payments p set refunding = p.refunding - refused.amount, updated_at = now() from refused where p.id = refused.payment_id
            )
            select exists (select from refused)
            """,
            new
            {
                refund.Id,
                refund.PaymentId,
                failure,
            },
            transaction
        );
        // A dispute that was heard of meanwhile had to leave the money to the refund.
        if (refused)
            await BookDisputes.Run(transaction, refund.PaymentId, now);
        return refused;
    }
}
