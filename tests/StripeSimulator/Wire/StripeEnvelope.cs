using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Wire;

/// <summary>What surrounds every call below /v1: headers, the log, the key, switched failures, idempotency.</summary>
internal sealed class StripeEnvelope(
    RequestDelegate next,
    RequestLog log,
    FailureSwitches failures,
    IdempotencyKeys keys,
    StripeState state
)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/v1"))
        {
            await next(context);
            return;
        }

        var requestId = $"req_{Guid.NewGuid():N}"[..18];
        context.Response.Headers["Request-Id"] = requestId;
        var (version, wrongVersion) = StripeVersion.Read(context.Request);
        context.Response.Headers["Stripe-Version"] = version;

        var form = await Form.Read(context);
        var (key, unauthorized) = ApiKey.Read(context.Request);
        var entry = log.Add(requestId, context.Request, form, key?.LiveMode);
        context.Response.OnCompleted(() => RequestLog.Answered(entry, context.Response));

        if ((unauthorized ?? wrongVersion) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }
        var failure = failures.Take(context.Request);
        if (failure is not null)
            RequestLog.Failed(entry, failure.Kind);
        var call = Call(context, key!, form, failure, requestId);
        context.Features.Set(call);
        if (failure?.When == FailureMoment.After)
            await LostAnswer.Apply(context, failure, () => keys.Run(context, call, () => next(context)), failures.Cleared);
        else if (failure is not { When: FailureMoment.Before } || !await BrokenTransport.Apply(context, failure, failures.Cleared))
            await keys.Run(context, call, () => next(context));
    }

    private StripeCall Call(HttpContext context, ApiKey key, Form form, Failure? failure, string requestId)
    {
        var idempotencyKey = context.Request.Headers["Idempotency-Key"].ToString();
        return new StripeCall(key.LiveMode, form, failure)
        {
            RequestId = requestId,
            IdempotencyKey = HttpMethods.IsPost(context.Request.Method) && idempotencyKey.Length > 0 ? idempotencyKey : null,
            Id = context.Request.RouteValues["id"] as string ?? "",
            Origin = $"{context.Request.Scheme}://{context.Request.Host}",
            State = state,
            Request = $"{context.Request.Path}?{form.Canonical()}",
        };
    }
}
