using MPanel.Jobs.Engine;
using MPanel.Jobs.Payments;

namespace MPanel.Jobs.Refunds;

/// <summary>What follows for a job when Stripe gave no answer that can be used.</summary>
internal static class StripeTrouble
{
    public static StepVerdict Verdict(PaymentLookup failure) =>
        failure switch
        {
            PaymentLookup.NotFound => new StepVerdict.Review("payment_not_found", "Stripe knows no such payment."),
            PaymentLookup.Refused refused => new StepVerdict.Review(refused.Code, $"Stripe refused the question: {refused.Message}"),
            PaymentLookup.Unavailable later => new StepVerdict.Retry(later.Code, $"Waiting for Stripe: {later.Message}", later.RetryAfter),
            _ => throw new InvalidOperationException("The lookup gave an unknown answer."),
        };
}
