using System.Collections.Concurrent;

namespace MPanel.StripeSimulator.Wire;

/// <summary>Stripe's Idempotency-Key: the first answer is given again, https://docs.stripe.com/api/idempotent_requests.</summary>
internal sealed class IdempotencyKeys
{
    private readonly ConcurrentDictionary<string, Call> _calls = new(StringComparer.Ordinal);

    public async Task Run(HttpContext context, Form form, Func<Task> next)
    {
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        if (!HttpMethods.IsPost(context.Request.Method) || key.Length == 0)
        {
            await next();
            return;
        }
        if (key.Length > 255)
        {
            await StripeError.Invalid("Idempotency keys can be at most 255 characters long.").ExecuteAsync(context);
            return;
        }

        // Keys of the two modes know nothing of each other.
        var scope = $"{StripeCall.Of(context).LiveMode}:{key}";
        var mine = new Call($"{context.Request.Path}?{form.Canonical()}");
        var call = _calls.GetOrAdd(scope, mine);
        if (ReferenceEquals(call, mine))
            await Record(context, mine, scope, next);
        else if (call.Request != mine.Request)
            await Mismatch(key).ExecuteAsync(context);
        else if (call.Answer is { } answer)
            await Replay(context, answer);
        else
            await InUse().ExecuteAsync(context);
    }

    private async Task Record(HttpContext context, Call call, string scope, Func<Task> next)
    {
        var body = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        try
        {
            await next();
        }
        catch
        {
            _calls.TryRemove(scope, out _);
            throw;
        }
        finally
        {
            context.Response.Body = body;
        }
        // Stripe keeps what came after the call began, errors included, but not a refusal of its parameters.
        if (context.Response.StatusCode is 400 or 401 or 404 or 429)
            _calls.TryRemove(scope, out _);
        else
            call.Answer = (context.Response.StatusCode, copy.ToArray());
        await body.WriteAsync(copy.ToArray(), context.RequestAborted);
    }

    private static async Task Replay(HttpContext context, (int Status, byte[] Body) answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["Idempotent-Replayed"] = "true";
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static StripeError Mismatch(string key) =>
        new(
            400,
            "idempotency_error",
            $"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request."
        );

    private static StripeError InUse() =>
        new(
            409,
            "idempotency_error",
            "There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): please try again later.",
            "idempotency_key_in_use"
        );

    private sealed class Call(string request)
    {
        public string Request { get; } = request;
        public (int Status, byte[] Body)? Answer { get; set; }
    }
}
