using Dapper;
using MPanel.Database.Refunds;
using Npgsql;

namespace MPanel.Database.Disputes;

/// <summary>A bank's word that a charge may be fraud, as Stripe reports it.</summary>
public sealed record ReportedWarning(string StripeId, string FraudType, DateTimeOffset WarnedAt);

/// <summary>A warning, and what its payment can be refunded by.</summary>
/// <param name="RefundUid">Names the refund that is made of it.</param>
/// <param name="InvoiceId">That the payment paid; null where it paid none.</param>
/// <param name="DismissedBy">Null while it is open.</param>
public sealed record FraudWarning(long Id, string StripeId, long PaymentId, Guid RefundUid, long? InvoiceId, string? DismissedBy);

public static class FraudWarnings
{
    /// <returns>Whether it is new.</returns>
    public static async Task<bool> Keep(NpgsqlTransaction transaction, LockedPayment payment, ReportedWarning warning) =>
        await transaction.Connection!.ExecuteAsync(
            """
            insert into fraud_warnings (stripe_warning_id, payment_id, fraud_type, warned_at)
            values (@StripeId, @paymentId, @FraudType, @WarnedAt)
            on conflict (stripe_warning_id) do nothing
            """,
            new
            {
                warning.StripeId,
                paymentId = payment.Id,
                warning.FraudType,
                warning.WarnedAt,
            },
            transaction
        ) == 1;

    public static Task<FraudWarning?> Find(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<FraudWarning>(
            """
            select w.id, w.stripe_warning_id as stripe_id, w.payment_id, w.refund_uid,
                (select max(i.id) from invoices i where i.payment_id = w.payment_id) as invoice_id, w.dismissed_by
            from fraud_warnings w where w.id = @id
            """,
            new { id }
        );

    /// <summary>Another refund than the one that came to nothing. Of two who ask at once, one names it.</summary>
    public static Task RefundAnew(NpgsqlConnection db, long id, Guid former) =>
        db.ExecuteAsync(
            "update fraud_warnings set refund_uid = gen_random_uuid() where id = @id and refund_uid = @former",
            new { id, former }
        );

    /// <returns>False where somebody did it before.</returns>
    public static async Task<bool> Dismiss(NpgsqlTransaction transaction, long id, string actor, DateTimeOffset now) =>
        await transaction.Connection!.ExecuteAsync(
            "update fraud_warnings set dismissed_at = @now, dismissed_by = @actor where id = @id and dismissed_at is null",
            new
            {
                id,
                actor,
                now,
            },
            transaction
        ) == 1;
}
