using Microsoft.Extensions.Logging;

namespace MPanel.Jobs.Payments;

/// <summary>The log lines about lookups. None carries the key, a header or a body.</summary>
internal static partial class StripeLog
{
    [LoggerMessage(LogLevel.Debug, "Stripe: {PaymentIntentId} is {Status} after {ElapsedMs:0} ms")]
    public static partial void Found(this ILogger log, string paymentIntentId, string status, double elapsedMs);

    [LoggerMessage(LogLevel.Warning, "Stripe: no answer about {PaymentIntentId} that helps: {Code}, {Reason} ({ElapsedMs:0} ms)")]
    public static partial void NotFound(this ILogger log, string paymentIntentId, string code, string reason, double elapsedMs);
}
