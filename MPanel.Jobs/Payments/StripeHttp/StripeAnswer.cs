using System.Net;

namespace MPanel.Jobs.Payments.StripeHttp;

/// <summary>What one request to Stripe brought back.</summary>
internal abstract record StripeAnswer
{
    private StripeAnswer() { }

    /// <param name="ShouldRetry">Stripe's own word on asking again at once, when it gave one.</param>
    internal sealed record Response(HttpStatusCode Status, byte[] Body, bool? ShouldRetry, TimeSpan? RetryAfter, string? RequestId)
        : StripeAnswer;

    /// <param name="Code"><c>stripe_unreachable</c> or <c>stripe_timeout</c>.</param>
    internal sealed record NoResponse(string Code, string Message) : StripeAnswer;

    public bool MayRetry =>
        this switch
        {
            Response r => r.ShouldRetry ?? StripeStatus.IsTransient(r.Status),
            _ => true,
        };

    public TimeSpan? AskedToWait => (this as Response)?.RetryAfter;
}
