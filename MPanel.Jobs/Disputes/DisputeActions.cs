using MPanel.Database.Disputes;
using MPanel.Database.Refunds;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Refunds;
using Npgsql;

namespace MPanel.Jobs.Disputes;

/// <summary>What a person does about what a bank says against a payment. Evidence is handed in at Stripe.</summary>
public sealed class DisputeActions(NpgsqlDataSource dataSource, RefundActions refunds, TimeProvider time)
{
    /// <summary>Reason of a refund that is made of a warning.</summary>
    private const string WarnedOfFraud = "The bank warned of fraud";

    /// <summary>A person has seen it as it is now: it leaves what needs attention until it changes.</summary>
    /// <param name="status">As they saw it; null for whatever it is.</param>
    public async Task<Outcome<SeenDispute>> See(Actor actor, long id, string? status = null)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await SeeDispute.Lock(transaction, id) is not { } dispute)
            return new Outcome<SeenDispute>.Missing();
        if (status is not null && status != dispute.Status)
            return Refusal.State("dispute_changed", $"{dispute.StripeId} is {dispute.Status.Replace('_', ' ')} by now. Look at it again.");
        if (dispute.SeenStatus == dispute.Status)
            return new Outcome<SeenDispute>.Done(dispute);
        await SeeDispute.Run(transaction, id, actor.Name);
        await actor
            .Audit("dispute.seen", $"dispute {dispute.StripeId}", null, AuditJson.Of(new { dispute.Status }))
            .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<SeenDispute>.Done(dispute with { SeenStatus = dispute.Status });
    }

    /// <summary>Gives back all that is left of the payment, before it is disputed. Pressed twice, or by two, it is one refund.</summary>
    public async Task<Outcome<RequestedRefund>> RefundWarned(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await FraudWarnings.Find(db, id) is not { } warning)
            return new Outcome<RequestedRefund>.Missing();
        // One that came to nothing is no reason to make no other.
        if (await RequestRefund.ByUid(db, warning.RefundUid) is { } former && RefundState.CameToNothing(former.Status))
        {
            await FraudWarnings.RefundAnew(db, id, warning.RefundUid);
            warning = (await FraudWarnings.Find(db, id))!;
        }
        return warning.InvoiceId is { } invoice
            ? await refunds.Request(actor, invoice, new RefundWish(warning.RefundUid, null, WarnedOfFraud))
            : Refusal.Unfit("no_invoice", "The payment paid no invoice, so it is refunded at Stripe.");
    }

    /// <summary>Nothing is to be done about a warning: it leaves what needs attention.</summary>
    public async Task<Outcome<FraudWarning>> Dismiss(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await FraudWarnings.Find(db, id) is not { } warning)
            return new Outcome<FraudWarning>.Missing();
        await using var transaction = await db.BeginTransactionAsync();
        if (await FraudWarnings.Dismiss(transaction, id, actor.Name, time.GetUtcNow()))
            await actor.Audit("fraud_warning.dismissed", $"early fraud warning {warning.StripeId}").Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<FraudWarning>.Done((await FraudWarnings.Find(db, id))!);
    }
}
