using System.Text.Json;
using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Payments;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>
/// Makes the books say what Stripe says of a payment's refunds now: so it doesn't matter in which order events come, how often, or what they
/// said.
/// </summary>
public sealed class StripeEventStep(NpgsqlDataSource dataSource, StripeRefunds refunds, RefundBooks books) : IStep
{
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
        if (subject.PaymentIntentId is not { } paymentIntent)
            return await End(step, id, StripeEventState.Ignored, "It is about no payment.", cancellationToken);
        var lookup = await refunds.Of(paymentIntent, cancellationToken);
        if (lookup.Failure is { } failure)
            return StripeTrouble.Verdict(failure);
        var transaction = await step.Begin(cancellationToken);
        if (await LockedPayment.Of(transaction, paymentIntent) is not { } payment)
            return await End(step, id, StripeEventState.Waiting, "The panel doesn't know its payment yet.", cancellationToken);
        if (lookup.Refunds.FirstOrDefault(r => r.Currency != payment.Currency) is { } other)
            return new StepVerdict.Review(
                "currency_mismatch",
                $"{other.StripeId} is in {other.Currency}, the payment in {payment.Currency}."
            );
        var done = new List<string>();
        foreach (var refund in lookup.Refunds)
        {
            if (await books.Apply(transaction, payment, refund, step.CorrelationId) is { } line)
                done.Add(line);
        }
        return await End(step, id, StripeEventState.Applied, done.Count == 0 ? "Nothing new" : string.Join("; ", done), cancellationToken);
    }

    private static async Task<StepVerdict> End(StepRun step, long id, string state, string outcome, CancellationToken cancellationToken)
    {
        await StripeEventRow.End(await step.Begin(cancellationToken), id, state, outcome);
        return new StepVerdict.Done(outcome);
    }
}
