using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using MPanel.Web.Api;

namespace MPanel.Web.Platform.Http;

/// <summary>
/// Where requests stand whose sender nobody knows yet, counted by network, so that one network can't keep out the others. A request to a
/// route that asks for a credential stays only until that is looked at: <see cref="PastTheDoor"/> lets it in, to the permits of its own
/// caller. Of one that anybody may make, the body comes in here: small, quick, and before it costs a permit of anybody's.
/// </summary>
public sealed class Door(RequestDelegate next, IOptions<HttpOptions> http) : IDisposable
{
    /// <summary>Bytes of a body that anybody may send.</summary>
    public const long AnonymousBody = 16 * 1024;

    /// <summary>Credentials of one network that are looked at at once: fewer than the pool has connections.</summary>
    private const int Looking = 16;

    /// <summary>Bodies of one network that come in at once, from senders who need no credential.</summary>
    private const int Sending = 32;

    /// <summary>Seconds that the largest may take.</summary>
    private const double SlowestBody = 8;

    private readonly PartitionedRateLimiter<string> _looking = PartitionedRateLimiter.Create<string, string>(network =>
        RateLimitPartition.GetConcurrencyLimiter(
            network,
            _ => new ConcurrencyLimiterOptions { PermitLimit = Looking, QueueLimit = http.Value.MaxConcurrentWorkerRequests }
        )
    );

    private readonly PartitionedRateLimiter<string> _sending = PartitionedRateLimiter.Create<string, string>(network =>
        RateLimitPartition.GetConcurrencyLimiter(network, _ => new ConcurrencyLimiterOptions { PermitLimit = Sending, QueueLimit = 0 })
    );

    public async Task Invoke(HttpContext context)
    {
        if (IsOpen(context))
        {
            if (!WholeBody.IsReadLater(context) || await TakeBody(context))
                await next(context);
            return;
        }
        using var lease = await Wait(context);
        if (lease is { IsAcquired: true })
        {
            context.Features.Set(new DoorLease(lease));
            await next(context);
        }
        else if (lease is not null)
        {
            await Refuse(context);
        }
    }

    /// <returns>Null when the client went away meanwhile, so that there is nobody to answer.</returns>
    private async Task<RateLimitLease?> Wait(HttpContext context)
    {
        try
        {
            return await _looking.AcquireAsync(ClientNetwork.Of(context), 1, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return null;
        }
    }

    public void Dispose()
    {
        _looking.Dispose();
        _sending.Dispose();
    }

    public static Task Refuse(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problems.Write(context, StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many requests at once. Try again.");
    }

    private static bool IsOpen(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    /// <returns>False when it was answered already, or nobody waits for an answer.</returns>
    private async Task<bool> TakeBody(HttpContext context)
    {
        using var lease = _sending.AttemptAcquire(ClientNetwork.Of(context));
        if (!lease.IsAcquired)
        {
            await Refuse(context);
            return false;
        }
        var most = context.GetEndpoint()?.Metadata.GetMetadata<OpenBody>()?.Bytes ?? AnonymousBody;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = most;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = new MinDataRate(most / SlowestBody, TimeSpan.FromSeconds(http.Value.SlowBodyGraceSeconds));
        return await WholeBody.Arrives(context);
    }
}

/// <summary>A route for anybody whose bodies may be larger than others': who sends shows who they are in it.</summary>
/// <param name="Bytes">Of the largest.</param>
public sealed record OpenBody(long Bytes);

/// <summary>The place that a request has at the door.</summary>
internal sealed record DoorLease(RateLimitLease Lease);

/// <summary>Behind authorization: who it is is known now, and the next one is let in from the door.</summary>
public sealed class PastTheDoor(RequestDelegate next)
{
    public Task Invoke(HttpContext context)
    {
        context.Features.Get<DoorLease>()?.Lease.Dispose();
        return next(context);
    }
}
