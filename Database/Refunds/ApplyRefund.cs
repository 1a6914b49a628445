using Dapper;
using MPanel.Database.Disputes;
using MPanel.Database.Invoices;
using Npgsql;

namespace MPanel.Database.Refunds;

/// <summary>A refund as Stripe reports it now.</summary>
/// <param name="Uid">What its metadata says it is here; null for one that was made at Stripe.</param>
/// <param name="Status">One of <see cref="RefundState"/>, never requested.</param>
/// <param name="Failure">Why it failed, in Stripe's word; null when it didn't.</param>
public sealed record ReportedRefund(
    string StripeId,
    Guid? Uid,
    decimal Amount,
    string Currency,
    string Status,
    string? Failure,
    string Reason
);

/// <summary>What booking needs to know beside the refund.</summary>
/// <param name="Series">Of credit notes, such as <c>CN-2026</c>.</param>
/// <param name="Decimals">Of the currency.</param>
public sealed record RefundBooking(string Series, int Decimals, DateTimeOffset Now);

/// <summary>What the books have taken over.</summary>
/// <param name="State">One of <see cref="RefundState"/>.</param>
/// <param name="HadGone">It had succeeded before, so that a credit note says that the customer gets the money.</param>
public sealed record RefundChange(string State, bool HadGone);

public static class ApplyRefund
{
    private sealed record Known(long Id, string Status, decimal Amount);

    private sealed record Paid(long InvoiceId, decimal Amount);

    /// <summary>
    /// Makes the books say of a refund what Stripe says: its money is held while it is under way, is gone with a credit note when it
    /// succeeded, and is free again when it came to nothing. A credit note that was issued stays then: the customer is still owed the money.
    /// </summary>
    /// <returns>Null when the books said so already.</returns>
    /// <exception cref="PostgresException">There is not that much to refund.</exception>
    public static async Task<RefundChange?> Run(
        NpgsqlTransaction transaction,
        LockedPayment payment,
        ReportedRefund reported,
        RefundBooking booking
    )
    {
        if (payment.Disputed > 0)
            await BookDisputes.GiveWay(transaction, payment.Id);
        var change = await Change(transaction, payment with { Disputed = 0 }, reported, booking);
        if (change is not null || payment.Disputed > 0)
            await BookDisputes.Run(transaction, payment.Id, booking.Now);
        return change;
    }

    private static async Task<RefundChange?> Change(
        NpgsqlTransaction transaction,
        LockedPayment payment,
        ReportedRefund reported,
        RefundBooking booking
    )
    {
        var known = await Find(transaction, reported) ?? await Add(transaction, payment, reported);
        if (known.Status == reported.Status || RefundState.CameToNothing(known.Status))
            return null;
        if (reported.Status == RefundState.Pending && known.Status != RefundState.Requested)
            return null;
        if (reported.Status == RefundState.Succeeded)
            await Book(transaction, await payment.Again(transaction), known, reported.Reason, booking);
        else if (RefundState.CameToNothing(reported.Status))
            await GiveBack(transaction, payment.Id, known);
        await transaction.Connection!.ExecuteAsync(
            "update refunds set status = @Status, failure = @Failure, stripe_refund_id = @StripeId, updated_at = now() where id = @Id",
            new
            {
                reported.Status,
                reported.Failure,
                reported.StripeId,
                known.Id,
            },
            transaction
        );
        return new RefundChange(reported.Status, known.Status == RefundState.Succeeded);
    }

    /// <summary>By its name at Stripe, or by ours, where Stripe's answer to our asking was lost.</summary>
    private static Task<Known?> Find(NpgsqlTransaction transaction, ReportedRefund reported) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<Known>(
            """
            select id, status, amount from refunds where stripe_refund_id = @StripeId or (stripe_refund_id is null and uid = @Uid)
            for no key update
            """,
            reported,
            transaction
        );

    /// <summary>Made at Stripe, and heard of now: its money is held.</summary>
    private static Task<Known> Add(NpgsqlTransaction transaction, LockedPayment payment, ReportedRefund reported) =>
        transaction.Connection!.QuerySingleAsync<Known>(
            """
            with held as (
                update payments set refunding = refunding + @Amount, updated_at = now() where id = @paymentId and not @nothing
            )
            insert into refunds (payment_id, stripe_refund_id, amount, currency, status, failure, reason, actor)
            values (@paymentId, @StripeId, @Amount, @Currency, case when @nothing then @Status else 'pending' end, @Failure, @Reason, 'stripe')
            returning id, case when @nothing then status else 'requested' end as status, amount
            """,
            new
            {
                paymentId = payment.Id,
                reported.StripeId,
                reported.Amount,
                reported.Currency,
                reported.Status,
                reported.Failure,
                reported.Reason,
                nothing = RefundState.CameToNothing(reported.Status),
            },
            transaction
        );

    private static async Task Book(NpgsqlTransaction transaction, LockedPayment payment, Known refund, string reason, RefundBooking booking)
    {
        // What no invoice has goes first.
        var rest = refund.Amount - (payment.Amount - payment.Allocated - payment.Refunded);
        var invoices = rest > 0 ? await PaidBy(transaction, payment.Id) : [];
        if (rest - invoices.Sum(i => i.Amount) is > 0 and var above)
            await TakeCredit(transaction, payment.Id, refund, above, reason);
        foreach (var paid in invoices)
        {
            if (rest <= 0)
                break;
            var part = Math.Min(rest, paid.Amount);
            var source = $"refund:{refund.Id}:{paid.InvoiceId}";
            var credit = new Crediting(paid.InvoiceId, payment.Id, part, booking.Series, reason, source, refund.Id);
            await CreditInvoice.Run(transaction, credit, booking.Decimals, booking.Now);
            await RefundLines.Copy(transaction, refund.Id, source);
            rest -= part;
        }
        await transaction.Connection!.ExecuteAsync(
            "update payments set refunding = refunding - @Amount, refunded = refunded + @Amount, updated_at = now() where id = @paymentId",
            new { refund.Amount, paymentId = payment.Id },
            transaction
        );
    }

    /// <summary>More goes back than invoices have: it was credit of the customer, and is no more.</summary>
    /// <exception cref="PostgresException">The customer has used it.</exception>
    private static async Task TakeCredit(NpgsqlTransaction transaction, long paymentId, Known refund, decimal amount, string reason)
    {
        var db = transaction.Connection!;
        // Invoices come before balances.
        await db.ExecuteAsync(
            "select from invoices where id in (select invoice_id from allocations where payment_id = @paymentId) order by id for no key update",
            new { paymentId },
            transaction
        );
        var (customer, currency) = await db.QuerySingleAsync<(long, string)>(
            "update payments set to_credit = to_credit - @amount, updated_at = now() where id = @paymentId returning customer_id, currency",
            new { paymentId, amount },
            transaction
        );
        await MoveCredit.Run(transaction, new CreditMove(customer, currency, -amount, $"refund:{refund.Id}:credit", reason, "stripe"));
    }

    /// <summary>The newest invoice first.</summary>
    private static async Task<IReadOnlyList<Paid>> PaidBy(NpgsqlTransaction transaction, long paymentId) =>
        (
            await transaction.Connection!.QueryAsync<Paid>(
                """
                select invoice_id, sum(amount) as amount from allocations where payment_id = @paymentId
                group by invoice_id having sum(amount) > 0 order by invoice_id desc
                """,
                new { paymentId },
                transaction
            )
        ).AsList();

    private static async Task GiveBack(NpgsqlTransaction transaction, long paymentId, Known refund) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update payments
            set refunding = refunding - case when @gone then 0 else @Amount end, refunded = refunded - case when @gone then @Amount else 0 end,
                updated_at = now()
            where id = @paymentId
            """,
            new
            {
                paymentId,
                refund.Amount,
                gone = refund.Status == RefundState.Succeeded,
            },
            transaction
        );
}
