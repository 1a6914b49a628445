using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>
/// Stripe's REST API over a typed HttpClient. Refused codes: <c>stripe_invalid_id</c> (not asked at all), <c>stripe_unauthorized</c>,
/// <c>stripe_forbidden</c>, <c>stripe_refused</c>, <c>stripe_unexpected_answer</c>. On the sacred path: docs/blueprint.md.
/// </summary>
public sealed partial class StripeHttpGateway(
    StripeRequests requests,
    PaymentMetrics metrics,
    TimeProvider time,
    ILogger<StripeHttpGateway> log
) : IPaymentGateway
{
    /// <summary>The version of the API whose shapes are read here; sent with every request.</summary>
    public const string ApiVersion = "2026-07-29.dahlia";

    public async Task<PaymentLookup> Find(string paymentIntentId, CancellationToken cancellationToken)
    {
        if (!PaymentIntentId().IsMatch(paymentIntentId))
            return new PaymentLookup.Refused("stripe_invalid_id", "This is not the id of a PaymentIntent.");
        var started = time.GetTimestamp();
        var path = $"v1/payment_intents/{Uri.EscapeDataString(paymentIntentId)}?expand%5B%5D=latest_charge";
        var lookup = await requests.Get(path, cancellationToken) switch
        {
            StripeAnswer.Response { Status: System.Net.HttpStatusCode.OK } ok => StripePaymentReading.Read(paymentIntentId, ok.Body),
            StripeAnswer.Response other => StripeErrorReading.Read(other),
            StripeAnswer.NoResponse none => new PaymentLookup.Unavailable(none.Code, none.Message, null),
            var answer => throw new InvalidOperationException($"Unknown answer {answer.GetType().Name}."),
        };
        Report(paymentIntentId, lookup, time.GetElapsedTime(started));
        return lookup;
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
