using Microsoft.Extensions.Logging;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>The gateway's log lines. None carries the key, a header or a body.</summary>
internal static partial class StripeLog
{
    [LoggerMessage(LogLevel.Debug, "Stripe: {PaymentIntentId} is {Status} after {ElapsedMs:0} ms")]
    public static partial void Found(this ILogger log, string paymentIntentId, string status, double elapsedMs);

    [LoggerMessage(LogLevel.Warning, "Stripe: no answer about {PaymentIntentId} that helps: {Code}, {Reason} ({ElapsedMs:0} ms)")]
    public static partial void NotFound(this ILogger log, string paymentIntentId, string code, string reason, double elapsedMs);

    [LoggerMessage(LogLevel.Information, "Stripe: {Problem} at attempt {Attempt}, asking again in {WaitMs:0} ms")]
    public static partial void AskingAgain(this ILogger log, string problem, int attempt, double waitMs);
}
