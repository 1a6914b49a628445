using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>What every lookup at Stripe has around it: the id is checked before anything is asked, time and outcome are reported after.</summary>
internal static partial class StripeLookups
{
    public static async Task<PaymentLookup> Run(
        string paymentIntentId,
        Func<Task<PaymentLookup>> ask,
        PaymentMetrics metrics,
        TimeProvider time,
        ILogger log
    )
    {
        if (!PaymentIntentId().IsMatch(paymentIntentId))
            return new PaymentLookup.Refused("stripe_invalid_id", "This is not the id of a PaymentIntent.");
        var started = time.GetTimestamp();
        var lookup = await ask();
        var elapsed = time.GetElapsedTime(started);
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
        return lookup;
    }

    // \z and not $, which lets a newline through.
    [GeneratedRegex(@"^pi_[A-Za-z0-9_]{1,250}\z")]
    private static partial Regex PaymentIntentId();
}
