using MPanel.Database.Jobs;
using MPanel.Database.Orders;
using MPanel.Database.Provisioning;
using MPanel.Database.Refunds;
using MPanel.Database.Subscriptions;
using MPanel.Database.Websites;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Refunds;
using MPanel.Jobs.Text;
using MPanel.Jobs.Websites;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>How an order is to end.</summary>
/// <param name="Uid">Names the request, and its refund: the same again is the same.</param>
/// <param name="Refund">Money goes back.</param>
/// <param name="Amount">Major units; null for all that is left.</param>
/// <param name="KeepWebsites">They go on answering, though nobody pays for them.</param>
public sealed record CancelWish(Guid Uid, string? Reason, bool Refund, decimal? Amount, bool KeepWebsites);

/// <param name="Text">What was done, in a sentence for each thing.</param>
public sealed record CancelledOrder(string Reference, string Text);

/// <summary>What ends when an order is cancelled now.</summary>
/// <param name="Ends">Null while there is no order yet.</param>
public sealed record CancelPreview(OrderPayment? Payment, OrderEnds? Ends);

/// <summary>
/// A person ends an order, in one transaction: nothing further is done for it, its subscriptions are cancelled, its websites are removed after
/// their grace, and its money goes back. Refunds take the permission for invoices as well, removals the one for websites.
/// </summary>
public sealed class OrderCancellation(
    NpgsqlDataSource dataSource,
    JobActions jobs,
    WebsiteActions websites,
    TaskAnnouncements announcements,
    JobSignals signals
)
{
    public const string Over = "order_over";

    /// <summary>Null when there is no such order, or it is over.</summary>
    public static async Task<CancelPreview?> Preview(NpgsqlConnection db, string reference) =>
        await CancelOrder.Of(db, reference) is { Over: false } order
            ? new CancelPreview(order.Payment, order.OrderId is { } id ? await CancelOrder.Ends(db, id) : null)
            : null;

    public async Task<Outcome<CancelledOrder>> Cancel(Actor actor, string reference, CancelWish wish)
    {
        if (RefundActions.Reason(wish.Reason) is not { } reason)
            return RefundActions.NoReason;
        if (wish.Refund && !actor.Authority.Covers([Permissions.InvoicesManage], superAdmin: false))
            return Refusal.Beyond;
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await CancelOrder.Of(db, reference, transaction) is not { } order)
            return new Outcome<CancelledOrder>.Missing();
        if (order.Over)
            return await RequestRefund.ByUid(db, wish.Uid, transaction) is { } before && before.PaymentId == order.Payment?.PaymentId
                ? new Outcome<CancelledOrder>.Done(new CancelledOrder(reference, $"{reference} is cancelled already."))
                : Refusal.State(Over, $"{reference} is cancelled already, or was rejected.");
        if (order.JobState == JobState.Running)
            return Refusal.State("order_at_work", $"{reference} is being worked on this moment. Try again.");
        if (wish.Refund && WhyNoRefund(order, wish.Amount) is { } refusal)
            return refusal;

        var done = new List<string> { $"{reference} is cancelled." };
        if (order.JobId is { } job)
            await jobs.Cancel(transaction, actor, job);
        if (wish.Refund && order.Payment is { Rest: > 0 } payment)
        {
            var source = new RefundSource(payment.PaymentId, $"order {reference}", reference);
            var amount = wish.Amount ?? payment.Rest;
            if (await RefundActions.Hold(transaction, actor, source, wish.Uid, amount, reason) is null)
                return TooMuch(payment);
            done.Add($"{Money.Text(amount, payment.Currency)} go back to the customer.");
        }
        var told = new HashSet<long>();
        if (order.OrderId is { } orderId && await End(transaction, actor, orderId, wish, reason, done, told) is { } why)
            return why;
        // What went back before.
        if (order.Payment is { PaymentId: var paid })
            await CancelOrder.FollowRefund(transaction, paid);
        await CancelOrder.Note(transaction, order.IntakeId, $"{string.Join(' ', done)} Reason: {reason}", actor.Name, actor.CorrelationId);
        await actor
            .Audit(
                "order.cancelled",
                $"order {reference}",
                null,
                AuditJson.Of(
                    new
                    {
                        reason,
                        wish.Refund,
                        wish.Amount,
                        wish.KeepWebsites,
                    }
                )
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        signals.Added();
        await announcements.Send(db, [.. told]);
        return new Outcome<CancelledOrder>.Done(new CancelledOrder(reference, string.Join(' ', done)));
    }

    /// <param name="done">Takes a sentence for each thing that ends.</param>
    /// <param name="told">Takes the servers that have something to do.</param>
    private async Task<Refusal?> End(
        NpgsqlTransaction transaction,
        Actor actor,
        long orderId,
        CancelWish wish,
        string reason,
        List<string> done,
        HashSet<long> told
    )
    {
        // Websites before tasks, as what follows a task has it.
        var ends = await CancelOrder.Ends(transaction.Connection!, orderId, transaction);
        foreach (var site in ends.Websites)
            await LockedWebsite.Take(transaction, site.Id);
        ends = await CancelOrder.Ends(transaction.Connection!, orderId, transaction);
        foreach (var task in ends.Tasks)
            told.UnionWith((await CancelTask.Run(transaction, task, actor.Name, actor.CorrelationId)).Woken);
        await CancelSubscriptions.OfOrder(transaction, orderId);
        await CancelOrder.Run(transaction, orderId, reason, actor.Name);
        if (ends.Subscriptions > 0)
            done.Add(ends.Subscriptions == 1 ? "Its subscription is cancelled." : $"Its {ends.Subscriptions} subscriptions are cancelled.");
        foreach (var site in ends.Websites)
        {
            if (wish.KeepWebsites && !site.Stays)
                continue;
            if (!site.Stays && !actor.Authority.Covers([Permissions.WebsitesManage], superAdmin: false))
                return Refusal.Beyond;
            var change = site.Stays
                ? await WebsiteActions.LeavePlan(transaction, actor, site.Id)
                : await websites.Remove(transaction, actor, site.Id);
            if (change is Outcome<WebsiteChange>.Refused { Why: var why })
                return why;
            if (change is not Outcome<WebsiteChange>.Done { Value: var changed })
                continue;
            done.Add(changed.Text);
            if (changed.ServerId is { } server)
                told.Add(server);
        }
        return null;
    }

    private static Refusal? WhyNoRefund(CancellableOrder order, decimal? amount) =>
        order.Payment switch
        {
            null => Refusal.Unfit(
                "payment_not_taken",
                "The payment was not taken in for this order. Look at it in Stripe, refund it there, and cancel without a refund."
            ),
            { Disputed: true } => Refusal.State(
                "payment_disputed",
                "The customer's bank disputes the payment: what Stripe has of it is decided there. Cancel without a refund."
            ),
            { } payment when amount is { } asked && (asked <= 0 || CurrencyExponents.ToMinor(asked, payment.Currency) is null) =>
                Refusal.Invalid("amount", "malformed", $"Must be above zero, with the decimals of {payment.Currency}."),
            { } payment when amount > payment.Rest => TooMuch(payment),
            _ => null,
        };

    private static Refusal TooMuch(OrderPayment payment) =>
        Refusal.Unfit(RefundActions.TooMuch, $"At most {Money.Text(payment.Rest, payment.Currency)} can still be refunded.");
}
