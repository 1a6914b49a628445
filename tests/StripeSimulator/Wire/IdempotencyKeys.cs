using System.Collections.Concurrent;
using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Wire;

/// <summary>An answer as it was first given. Errors included, and 500s: https://docs.stripe.com/api/idempotent_requests</summary>
/// <param name="Request">What was asked: the key is good for nothing else.</param>
internal sealed record KeptAnswer(string Id, string Request, int Status, string Body, string RequestId, long Created) : IKept;

/// <summary>Stripe's Idempotency-Key: the first answer is given again.</summary>
internal sealed class IdempotencyKeys(StripeState state)
{
    private const long KeptSeconds = 24 * 60 * 60;
    private readonly ConcurrentDictionary<string, string> _running = new(StringComparer.Ordinal);

    public async Task Run(HttpContext context, StripeCall call, Func<Task> next)
    {
        if (call.IdempotencyKey is not { } key)
        {
            await Work(context, call, next);
            return;
        }
        context.Response.Headers["Idempotency-Key"] = key;
        if (key.Length > 255)
            await StripeError.Parameter("Idempotency keys can be at most 255 characters long.").ExecuteAsync(context);
        else if (!_running.TryAdd(call.KeyScope, call.Request))
            await (_running.TryGetValue(call.KeyScope, out var other) && other != call.Request ? Mismatch(key) : InUse()).ExecuteAsync(
                context
            );
        else
            await RunAlone(context, call, next);
    }

    /// <summary>In the same piece of work as what the call changed.</summary>
    public static void Keep(StripeCall call, IStripeAnswer answer)
    {
        // Stripe keeps what came after the work began, but not a refusal of the parameters.
        if (call.IdempotencyKey is null || answer is StripeError { BeforeWork: true })
            return;
        var body = answer.ToJson().ToJsonString(StripeJson.Options);
        call.State.Put(new KeptAnswer(call.KeyScope, call.Request, answer.Status, body, call.RequestId, call.State.Now));
    }

    private async Task RunAlone(HttpContext context, StripeCall call, Func<Task> next)
    {
        try
        {
            if (state.Find<KeptAnswer>(call.KeyScope) is not { } kept || state.Now - kept.Created >= KeptSeconds)
                await Work(context, call, next);
            else if (kept.Request != call.Request)
                await Mismatch(call.IdempotencyKey!).ExecuteAsync(context);
            else
                await Replay(context, kept);
        }
        finally
        {
            _running.TryRemove(call.KeyScope, out _);
        }
    }

    private static async Task Work(HttpContext context, StripeCall call, Func<Task> next)
    {
        if (call.Failure is { When: FailureMoment.During, Kind: FailureKind.Slow } slow)
            await BrokenTransport.Linger(context, slow);
        await next();
    }

    private static async Task Replay(HttpContext context, KeptAnswer kept)
    {
        context.Response.Headers["Idempotent-Replayed"] = "true";
        context.Response.Headers["Original-Request"] = kept.RequestId;
        await StripeJson.Write(context, kept.Status, kept.Body);
    }

    private static StripeError Mismatch(string key) =>
        new(
            400,
            "idempotency_error",
            $"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request."
        );

    public static StripeError InUse() =>
        new(
            409,
            "idempotency_error",
            "There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): please try again later.",
            "idempotency_key_in_use"
        );
}
