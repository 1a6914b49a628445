using MPanel.StripeSimulator.Failures;

namespace MPanel.StripeSimulator.Wire;

/// <summary>What surrounds every call below /v1: headers, the log, the key, switched failures, idempotency.</summary>
internal sealed class StripeEnvelope(RequestDelegate next, RequestLog log, FailureSwitches failures, IdempotencyKeys keys)
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
        var failure = failures.Take(context.Request.RouteValues["id"] as string, context.Request.Path.Value!);
        if (failure is not null)
        {
            RequestLog.Failed(entry, failure.Kind);
            if (await BrokenTransport.Apply(context, failure, failures.Cleared))
                return;
        }
        context.Features.Set(new StripeCall(key!.LiveMode, form, failure));
        await keys.Run(context, form, () => next(context));
    }
}
