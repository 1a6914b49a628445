using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>
/// Makes the books say what Stripe says of a payment's refunds now: so it doesn't matter in which order events come, how often, or what they
/// said.
/// </summary>
public sealed class StripeEventStep(NpgsqlDataSource dataSource, StripeRefunds refunds, IOptions<OrderOptions> options, TimeProvider time)
    : IStep
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
            return Failed(failure);
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
            if (await Apply(transaction, payment, refund) is not { } line)
                continue;
            done.Add(line);
            await RefundLine.Append(transaction, payment.Id, line, "stripe", step.CorrelationId);
        }
        return await End(step, id, StripeEventState.Applied, done.Count == 0 ? "Nothing new" : string.Join("; ", done), cancellationToken);
    }

    private async Task<string?> Apply(NpgsqlTransaction transaction, LockedPayment payment, ReportedRefund refund)
    {
        var now = time.GetUtcNow();
        var series = string.Create(CultureInfo.InvariantCulture, $"{options.Value.CreditNotePrefix}-{now.Year}");
        var booking = new RefundBooking(series, CurrencyExponents.Of(payment.Currency) ?? 2, now);
        var amount = $"{Money.Plain(refund.Amount, refund.Currency)} {refund.Currency}";
        return await ApplyRefund.Run(transaction, payment, refund, booking) switch
        {
            null => null,
            RefundState.Pending => $"A refund of {amount} is under way ({refund.StripeId})",
            RefundState.Succeeded => $"{amount} were refunded ({refund.StripeId})",
            RefundState.Failed =>
                $"The refund of {amount} failed: {refund.Failure} ({refund.StripeId}). The customer is still owed the money",
            _ => $"The refund of {amount} was cancelled at Stripe ({refund.StripeId})",
        };
    }

    private static async Task<StepVerdict> End(StepRun step, long id, string state, string outcome, CancellationToken cancellationToken)
    {
        await StripeEventRow.End(await step.Begin(cancellationToken), id, state, outcome);
        return new StepVerdict.Done(outcome);
    }

    private static StepVerdict Failed(PaymentLookup failure) =>
        failure switch
        {
            PaymentLookup.NotFound => new StepVerdict.Review("payment_not_found", "Stripe knows no such payment."),
            PaymentLookup.Refused refused => new StepVerdict.Review(refused.Code, $"Stripe refused the question: {refused.Message}"),
            PaymentLookup.Unavailable later => new StepVerdict.Retry(later.Code, $"Waiting for Stripe: {later.Message}", later.RetryAfter),
            _ => throw new InvalidOperationException("The lookup gave an unknown answer."),
        };
}
