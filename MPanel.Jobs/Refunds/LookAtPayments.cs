using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Payments;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>
/// Asks Stripe about payments of which something is missing: the fee of a new one, and all of one that an earlier release took in. Slowly, so
/// that orders have Stripe and the database to themselves.
/// </summary>
public sealed class LookAtPayments(NpgsqlDataSource dataSource, PaymentReading reading) : IRecurringJob
{
    private const int Batch = 60;
    private static readonly TimeSpan PutOff = TimeSpan.FromMinutes(15);

    public string Id => "payments.look";
    public string Cron => "* * * * *";
    public string Does => "Asks Stripe for what is missing of payments: the fee, and the card of those from an earlier release.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        IReadOnlyList<DuePayment> due;
        await using (var db = await dataSource.OpenConnectionAsync(cancellationToken))
            due = await PaymentLooks.Due(db, Batch, PutOff);
        var read = 0;
        PostgresException? broken = null;
        foreach (var payment in due)
        {
            var answer = await reading.Of(payment.PaymentIntentId, Parts(payment), cancellationToken);
            switch (answer.Failure)
            {
                case null:
                    try
                    {
                        await Keep(payment, answer.Report!, cancellationToken);
                        read++;
                    }
                    catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
                    {
                        // What Stripe says of it contradicts the books. It is no hindrance to the others, and the job fails for it.
                        broken = e;
                    }
                    break;
                case PaymentLookup.NotFound:
                    await using (var db = await dataSource.OpenConnectionAsync(cancellationToken))
                        await PaymentLooks.GiveUp(db, payment.Id);
                    break;
                // What keeps Stripe from answering keeps it from answering the next one, too. It is said by the jobs that need the answer.
                case PaymentLookup.Unavailable { Message: var why }:
                    return $"{read} of {due.Count} read; then {why}";
                case PaymentLookup.Refused { Message: var why }:
                    return $"{read} of {due.Count} read; then Stripe refused: {why}";
            }
        }
        return broken is null
            ? $"{read} of {due.Count} read."
            : throw new InvalidOperationException(
                $"{read} of {due.Count} read; what Stripe says of one contradicts the books: {broken.ConstraintName}.",
                broken
            );
    }

    /// <summary>
    /// Of a new one everything, once: so no event matters that never came. Of one from an earlier release no refunds: credit notes over what
    /// went back long ago are a person's to issue.
    /// </summary>
    private static PaymentParts Parts(DuePayment payment) =>
        !payment.HasFacts ? PaymentParts.Facts | PaymentParts.Disputes
        : payment.Looks == 0 ? PaymentParts.All
        : PaymentParts.Facts;

    private async Task Keep(DuePayment payment, PaymentReport report, CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        var locked = (await LockedPayment.Of(transaction, payment.PaymentIntentId))!;
        // Left to the event that tells of it, which stops for a person.
        if (PaymentReading.InAnotherCurrency(report, locked) is not null)
            report = report with { Refunds = [] };
        await reading.Apply(transaction, locked, report, $"payments.look:{payment.Id}");
        await PaymentLooks.Looked(transaction, payment.Id);
        await transaction.CommitAsync(cancellationToken);
    }
}
