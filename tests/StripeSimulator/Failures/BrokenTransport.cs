using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Failures;

/// <summary>The failures that don't depend on what was asked.</summary>
internal static class BrokenTransport
{
    /// <returns>True when the call is over; false when it is to be answered after all.</returns>
    public static async Task<bool> Apply(HttpContext context, Failure failure, CancellationToken cleared)
    {
        if (failure.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = $"{seconds}";
        if (failure.ShouldRetry is { } shouldRetry)
            context.Response.Headers["Stripe-Should-Retry"] = shouldRetry ? "true" : "false";
        if (failure.Reason is { } reason)
            context.Response.Headers["Stripe-Rate-Limited-Reason"] = reason;
        switch (failure.Kind)
        {
            case FailureKind.Slow:
                await Wait(TimeSpan.FromMilliseconds(failure.DelayMs), context, cleared);
                return false;
            case FailureKind.Timeout:
                await Wait(Timeout.InfiniteTimeSpan, context, cleared);
                context.Abort();
                return true;
            case FailureKind.Reset:
                context.Abort();
                return true;
            case FailureKind.Truncated:
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = 4096;
                await context.Response.WriteAsync("{\n  \"id\": \"pi_", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
                return true;
            case FailureKind.Verbatim:
                await Verbatim(context.Response, failure);
                return true;
            case FailureKind.MalformedJson:
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("{\n  \"id\": \"pi_", context.RequestAborted);
                return true;
            default:
                if (Error(context, failure) is not { } error)
                    return false;
                await error.ExecuteAsync(context);
                return true;
        }
    }

    public static StripeError ServerError(Failure failure) => new(failure.Status ?? 500, "api_error", "An unknown error occurred.");

    /// <summary>Waits inside the call. A caller that leaves changes nothing: the work goes on.</summary>
    public static async Task Linger(HttpContext context, Failure failure)
    {
        var switches = context.RequestServices.GetRequiredService<FailureSwitches>();
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(switches.Cleared, stopping);
        await Task.Delay(failure.DelayMs, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static StripeError? Error(HttpContext context, Failure failure) =>
        failure.Kind switch
        {
            FailureKind.RateLimited => new(429, "invalid_request_error", "Request rate limit exceeded.", "rate_limit"),
            FailureKind.ServerError => ServerError(failure),
            FailureKind.Conflict => IdempotencyKeys.InUse(),
            FailureKind.LockTimeout => new(
                429,
                "invalid_request_error",
                "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.",
                "lock_timeout"
            ),
            FailureKind.Forbidden => new(
                403,
                "invalid_request_error",
                "The provided key 'rk_test_****************gone' does not have the required permissions for this endpoint."
            ),
            FailureKind.Unauthorized => StripeError.Unauthorized("Invalid API Key provided: sk_test_****************gone"),
            FailureKind.NotFound => StripeError.Missing("payment_intent", context.Request.RouteValues["id"] as string ?? "", "intent"),
            _ => null,
        };

    private static async Task Verbatim(HttpResponse response, Failure failure)
    {
        response.StatusCode = failure.Status ?? 200;
        response.ContentType = "application/json";
        foreach (var (name, value) in failure.Headers ?? new Dictionary<string, string>())
            response.Headers[name] = value;
        // Some statuses have no body, not even an empty one.
        if (failure.Body is { Length: > 0 } body)
            await response.WriteAsync(body, response.HttpContext.RequestAborted);
    }

    private static async Task Wait(TimeSpan time, HttpContext context, CancellationToken cleared)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            cleared,
            context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
        );
        // The caller left, the switch was cleared or the program ends: all three end the wait, none is an error.
        await Task.Delay(time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
