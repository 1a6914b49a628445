using System.Net;
using Microsoft.Extensions.Logging;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>
/// Stripe's REST API over a typed HttpClient. Refused codes: <c>stripe_invalid_id</c> (not asked at all), <c>stripe_unauthorized</c>,
/// <c>stripe_forbidden</c>, <c>stripe_refused</c>, <c>stripe_unexpected_answer</c>. On the sacred path: docs/blueprint.md.
/// </summary>
public sealed class StripeHttpGateway(StripeRequests requests, PaymentMetrics metrics, TimeProvider time, ILogger<StripeHttpGateway> log)
    : IPaymentGateway
{
    /// <summary>The version of the API whose shapes are read here; sent with every request.</summary>
    public const string ApiVersion = "2026-07-29.dahlia";

    public Task<PaymentLookup> Find(string paymentIntentId, CancellationToken cancellationToken) =>
        StripeLookups.Run(paymentIntentId, () => Ask(paymentIntentId, cancellationToken), metrics, time, log);

    private async Task<PaymentLookup> Ask(string paymentIntentId, CancellationToken cancellationToken)
    {
        var path = $"v1/payment_intents/{Uri.EscapeDataString(paymentIntentId)}?expand%5B%5D=latest_charge";
        return await requests.Get(path, cancellationToken) switch
        {
            StripeAnswer.Response { Status: HttpStatusCode.OK } ok => StripePaymentReading.Read(paymentIntentId, ok.Body),
            StripeAnswer.Response other => StripeErrorReading.Read(other),
            StripeAnswer.NoResponse none => new PaymentLookup.Unavailable(none.Code, none.Message, null),
            var answer => throw new InvalidOperationException($"Unknown answer {answer.GetType().Name}."),
        };
    }
}
