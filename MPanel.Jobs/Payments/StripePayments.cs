using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using MPanel.Database.Payments;
using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>
/// Payments at Stripe, through Stripe's own library. It pins the version of the API, and asks again by itself after a 409, a 5xx, a broken
/// connection or a timeout, never after a 429. Refused codes: <c>stripe_invalid_id</c> (not asked at all), <c>stripe_unauthorized</c>,
/// <c>stripe_forbidden</c>, <c>stripe_refused</c>, <c>stripe_unexpected_answer</c>. On the sacred path: docs/blueprint.md.
/// </summary>
public sealed partial class StripePayments(
    StripeClient stripe,
    StripeAnswers answers,
    PaymentMetrics metrics,
    TimeProvider time,
    ILogger<StripePayments> log
)
{
    private static readonly PaymentIntentGetOptions WithCharge = new() { Expand = ["latest_charge"] };
    private static readonly ChargeGetOptions WithMovement = new() { Expand = ["balance_transaction"] };

    /// <summary>Looks a payment up by its PaymentIntent id (<c>pi_…</c>), with its latest charge.</summary>
    /// <returns>Every expected answer, outages included, is a value; exceptions are bugs or cancellation.</returns>
    public async Task<PaymentLookup> Find(string paymentIntentId, CancellationToken cancellationToken)
    {
        // The library asks for the list of all payments when the id is empty.
        if (!PaymentIntentId().IsMatch(paymentIntentId))
            return new PaymentLookup.Refused("stripe_invalid_id", "This is not the id of a PaymentIntent.");
        var started = time.GetTimestamp();
        var lookup = await Ask(paymentIntentId, cancellationToken);
        Report(paymentIntentId, lookup, time.GetElapsedTime(started));
        return lookup;
    }

    /// <summary>Whether an invoice of Stripe's, and so perhaps a subscription of Stripe's, was paid by it.</summary>
    public async Task<InvoiceLookup> PaidAnInvoice(string paymentIntentId, CancellationToken cancellationToken)
    {
        var question = new InvoicePaymentListOptions
        {
            Limit = 1,
            Payment = new InvoicePaymentPaymentOptions { Type = "payment_intent", PaymentIntent = paymentIntentId },
        };
        var paid = false;
        var failure = await answers.Failure(
            async bound => paid = (await stripe.V1.InvoicePayments.ListAsync(question, null, bound).WaitAsync(bound)).Data.Count > 0,
            cancellationToken
        );
        return new InvoiceLookup(paid, failure);
    }

    /// <summary>What Stripe took for a charge. It is asked for by itself: a key that may not read balance transactions must not stop an order.</summary>
    public async Task<FeeLookup> FeeOf(string chargeId, CancellationToken cancellationToken)
    {
        PaymentFee? fee = null;
        var failure = await answers.Failure(
            async bound => fee = StripeFacts.Fee(await stripe.V1.Charges.GetAsync(chargeId, WithMovement, null, bound).WaitAsync(bound)),
            cancellationToken
        );
        return new FeeLookup(failure is null ? fee : null, failure);
    }

    private async Task<PaymentLookup> Ask(string paymentIntentId, CancellationToken cancellationToken)
    {
        PaymentLookup? read = null;
        var failure = await answers.Failure(
            async bound =>
                read = StripePaymentReading.Read(
                    paymentIntentId,
                    await stripe.V1.PaymentIntents.GetAsync(paymentIntentId, WithCharge, null, bound).WaitAsync(bound)
                ),
            cancellationToken
        );
        return failure ?? read!;
    }

    private void Report(string paymentIntentId, PaymentLookup lookup, TimeSpan elapsed)
    {
        var (outcome, reason) = lookup switch
        {
            PaymentLookup.Found found => ("found", found.Payment.ProviderStatus),
            PaymentLookup.NotFound => ("not_found", "Stripe knows no such payment."),
            PaymentLookup.Unavailable unavailable => (unavailable.Code, unavailable.Message),
            PaymentLookup.Refused refused => (refused.Code, refused.Message),
            _ => throw new InvalidOperationException($"Unknown lookup {lookup.GetType().Name}."),
        };
        metrics.RecordLookup(elapsed, outcome);
        if (lookup is PaymentLookup.Found)
            log.Found(paymentIntentId, reason, elapsed.TotalMilliseconds);
        else
            log.NotFound(paymentIntentId, outcome, reason, elapsed.TotalMilliseconds);
    }

    // \z and not $, which lets a newline through.
    [GeneratedRegex(@"^pi_[A-Za-z0-9_]{1,250}\z")]
    private static partial Regex PaymentIntentId();
}
