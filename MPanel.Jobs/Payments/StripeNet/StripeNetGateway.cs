using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Payments.StripeHttp;
using Stripe;

namespace MPanel.Jobs.Payments.StripeNet;

/// <summary>
/// Stripe through its own library, which pins the version of the API. Codes and bounds are those of <see cref="StripeHttpGateway"/>. The
/// library gives 0 for an amount that an answer lacks; the order is then reviewed for its amount. On the sacred path: docs/blueprint.md.
/// </summary>
public sealed class StripeNetGateway(
    StripeClient client,
    IOptions<StripeOptions> options,
    PaymentMetrics metrics,
    TimeProvider time,
    ILogger<StripeNetGateway> log
) : IPaymentGateway
{
    private static readonly PaymentIntentGetOptions WithCharge = new() { Expand = ["latest_charge"] };

    public Task<PaymentLookup> Find(string paymentIntentId, CancellationToken cancellationToken) =>
        StripeLookups.Run(paymentIntentId, () => Ask(paymentIntentId, cancellationToken), metrics, time, log);

    private async Task<PaymentLookup> Ask(string paymentIntentId, CancellationToken cancellationToken)
    {
        PaymentIntent? intent = null;
        var answer = await StripeAttempts.Run(
            async bound =>
            {
                try
                {
                    intent = await client.V1.PaymentIntents.GetAsync(paymentIntentId, WithCharge, null, bound);
                    return new StripeAnswer.Response(HttpStatusCode.OK, [], false, null, null);
                }
                catch (StripeException refused)
                {
                    return Refusal(refused);
                }
            },
            options.Value,
            time,
            log,
            cancellationToken
        );
        return answer switch
        {
            _ when intent is not null => StripePaymentReading.Read(paymentIntentId, Read(intent)),
            // A 200 that the library could make nothing of was cut off, or a proxy's page: that passes.
            StripeAnswer.Response { Status: HttpStatusCode.OK } => new PaymentLookup.Unavailable(
                "stripe_error",
                "Stripe's answer was not JSON.",
                null
            ),
            StripeAnswer.Response other => StripeErrorReading.Read(other),
            StripeAnswer.NoResponse none => new PaymentLookup.Unavailable(none.Code, none.Message, null),
            _ => throw new InvalidOperationException($"Unknown answer {answer.GetType().Name}."),
        };
    }

    private StripeAnswer.Response Refusal(StripeException refused)
    {
        var headers = refused.StripeResponse?.Headers;
        var wait = headers?.RetryAfter?.Delta ?? (headers?.RetryAfter?.Date - time.GetUtcNow());
        return new StripeAnswer.Response(
            refused.HttpStatusCode,
            Encoding.UTF8.GetBytes(refused.StripeResponse?.Content ?? ""),
            headers is not null
            && headers.TryGetValues("Stripe-Should-Retry", out var said)
            && bool.TryParse(said.FirstOrDefault(), out var value)
                ? value
                : null,
            StripeAttempts.Reasonable(wait),
            refused.StripeResponse?.RequestId
        );
    }

    private static StripePaymentIntent Read(PaymentIntent intent) =>
        new(
            intent.Id,
            intent.Object,
            intent.Amount,
            intent.AmountReceived,
            intent.Currency,
            intent.Status,
            intent.Livemode,
            intent.LatestCharge is { } charge ? new StripeCharge(charge.Id, charge.Object, charge.AmountRefunded, charge.Disputed) : null
        );
}
