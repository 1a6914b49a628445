using System.Net;

namespace MPanel.Jobs.Payments.StripeHttp;

internal static class StripeStatus
{
    /// <summary>Worth asking again by itself: a conflict with a concurrent request, too many requests, or trouble on Stripe's side (424 included).</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        status
            is HttpStatusCode.Conflict
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.RequestTimeout
                or HttpStatusCode.FailedDependency
                or >= HttpStatusCode.InternalServerError;
}
