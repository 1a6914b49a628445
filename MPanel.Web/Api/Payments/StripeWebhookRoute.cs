using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Payments;
using MPanel.Web.Platform.Http;

namespace MPanel.Web.Api.Payments;

/// <summary>What Stripe tells of: kept and answered at once. Its signature is its credential.</summary>
public static class StripeWebhookRoute
{
    public const string Path = "/api/webhooks/stripe";

    /// <summary>Bytes; Stripe's largest events are about half of it.</summary>
    private const int LargestEvent = 256 * 1024;

    public static void MapStripeWebhook(this IEndpointRouteBuilder app) =>
        app.MapPost(Path, Handle)
            .AllowAnonymous()
            .WithMetadata(new OpenBody(LargestEvent))
            .Accepts<object>("application/json")
            .Refuses(400, 413, 503)
            .WithSummary("Stripe says that something happened to a payment");

    private static async Task<Results<Ok, ProblemHttpResult>> Handle(HttpContext context, StripeWebhook webhook)
    {
        // Byte by byte, since the signature is over all of them: what is no UTF-8 changes here, and so fits no signature.
        using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        return await webhook.Take(body, context.Request.Headers["Stripe-Signature"]) switch
        {
            null => TypedResults.Ok(),
            StripeWebhook.Off => Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                StripeWebhook.Off,
                "No signing secret is set (Stripe__WebhookSecrets), so nothing was kept."
            ),
            StripeWebhook.BadSignature => Problems.Of(
                StatusCodes.Status400BadRequest,
                StripeWebhook.BadSignature,
                "The signature fits none of this panel's secrets, or is older than five minutes."
            ),
            var code => Problems.Of(StatusCodes.Status400BadRequest, code, "The body is no event of Stripe's."),
        };
    }
}
