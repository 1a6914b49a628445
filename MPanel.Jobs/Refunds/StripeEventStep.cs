using System.Text.Json;
using Microsoft.Extensions.Options;
using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Payments;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>
/// Makes the books say what Stripe says of a payment now: so it doesn't matter in which order events come, how often, or what they said.
/// Stripe is asked only about payments that the panel has.
/// </summary>
public sealed class StripeEventStep(NpgsqlDataSource dataSource, PaymentReading reading, IOptions<StripeOptions> options) : IStep
{
    private const string NothingNew = "Nothing new";

    public string Kind => ReceiveStripeEvents.Kind;
    public string Title => "Stripe event";
    public RetrySchedule Retries => RetrySchedule.Day;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        using var payload = JsonDocument.Parse(step.Payload);
        var id = payload.RootElement.GetProperty("eventId").GetInt64();
        StripeEventSubject subject;
        await using (var db = await dataSource.OpenConnectionAsync(cancellationToken))
            subject = await StripeEventRow.Get(db, id);
        var ignored = StripeEventReading.Ignored(subject.Type, subject.PaymentIntentId, subject.LiveMode, options.Value.ExpectedLiveMode);
        if (ignored is not null)
            return await End(step, id, StripeEventState.Ignored, ignored, cancellationToken);
        if (!subject.PaymentKnown)
            return await End(step, id, StripeEventState.Waiting, ReceiveStripeEvents.PaymentUnknown, cancellationToken);
        var parts = StripeEventReading.Parts(subject.Type);
        // Nothing is missing that it could tell of.
        if (parts == PaymentParts.Facts && subject.FeeKnown)
            return await End(step, id, StripeEventState.Applied, NothingNew, cancellationToken);
        return await Apply(step, id, subject.PaymentIntentId!, parts, cancellationToken);
    }

    private async Task<StepVerdict> Apply(
        StepRun step,
        long id,
        string paymentIntent,
        PaymentParts parts,
        CancellationToken cancellationToken
    )
    {
        var read = await reading.Of(paymentIntent, parts, cancellationToken);
        if (read.Report is not { } report)
            return StripeTrouble.Verdict(read.Failure!);
        var transaction = await step.Begin(cancellationToken);
        var payment = (await LockedPayment.Of(transaction, paymentIntent))!;
        if (PaymentReading.InAnotherCurrency(report, payment) is { } other)
            return new StepVerdict.Review(
                "currency_mismatch",
                $"{other.StripeId} is in {other.Currency}, the payment in {payment.Currency}."
            );
        var done = await reading.Apply(transaction, payment, report, step.CorrelationId);
        var outcome =
            done.Count > 0 ? string.Join("; ", done)
            : report.Fee is not null ? "The fee is known now"
            : NothingNew;
        return await End(step, id, StripeEventState.Applied, outcome, cancellationToken);
    }

    private static async Task<StepVerdict> End(StepRun step, long id, string state, string outcome, CancellationToken cancellationToken)
    {
        await StripeEventRow.End(await step.Begin(cancellationToken), id, state, outcome);
        return new StepVerdict.Done(outcome);
    }
}
