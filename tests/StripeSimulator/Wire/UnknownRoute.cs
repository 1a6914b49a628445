namespace MPanel.StripeSimulator.Wire;

internal static class UnknownRoute
{
    /// <summary>What Stripe says to an address it doesn't have: no code, unlike a missing object.</summary>
    public static Task Answer(HttpContext context) =>
        new StripeError(
            404,
            "invalid_request_error",
            $"Unrecognized request URL ({context.Request.Method}: {context.Request.Path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
        ).ExecuteAsync(context);
}
