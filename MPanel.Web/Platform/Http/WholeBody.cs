using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace MPanel.Web.Platform.Http;

/// <summary>
/// A body is read to its end before anybody looks into it, so that its size, its slowness and its content are told apart by what was
/// sent, and not by how it came in pieces. Readers of JSON and of forms would take the end of a body over the limit for the end of the
/// body, or for a fault of its text. Nothing is copied: it waits in the server's own buffer, which has room for four times the largest.
/// </summary>
public sealed class WholeBody(RequestDelegate next)
{
    /// <summary>Bytes of one body, the framing of chunks counted; a larger one is cut off.</summary>
    private const long MostRead = 1024 * 1024;

    /// <summary>For what is over the limit. The server's own limit for slow bodies holds besides.</summary>
    private static readonly TimeSpan LongestDiscarding = TimeSpan.FromSeconds(10);

    public async Task Invoke(HttpContext context)
    {
        if (!IsReadLater(context) || await Arrives(context))
            await next(context);
    }

    /// <summary>Not of a request that failed already and is shown the error page: reading would fail a second time.</summary>
    internal static bool IsReadLater(HttpContext context) =>
        context.GetEndpoint() is { } endpoint
        && (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null || context.Request.HasFormContentType)
        && context.Features.Get<IExceptionHandlerFeature>() is null
        && context.Features.Get<IStatusCodeReExecuteFeature>() is null;

    /// <returns>False when the client went away, so that there is nobody to answer.</returns>
    /// <exception cref="BadHttpRequestException">413, 408, or 400 for what is no HTTP.</exception>
    internal static async Task<bool> Arrives(HttpContext context)
    {
        if (context.Features.Get<Arrived>() is not null)
            return true;
        var limit = TakeLimit(context);
        try
        {
            if (!(context.Request.ContentLength > limit) && await Fits(context, limit))
            {
                context.Features.Set(new Arrived());
                return true;
            }
            await Discard(context);
        }
        catch (Exception e) when (IsGone(context, e))
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return false;
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // A chunk of a size that no number holds.
            throw new BadHttpRequestException("The body is no HTTP.", e);
        }
        throw new BadHttpRequestException("The body is over the limit.", StatusCodes.Status413PayloadTooLarge);
    }

    /// <summary>That of this request is read: of routes for anybody at the <see cref="Door"/>.</summary>
    private sealed record Arrived;

    /// <summary>The route's limit. From here on it is kept here: the server would hang up on a client that still sends, and the answer be lost.</summary>
    private static long TakeLimit(HttpContext context)
    {
        var server = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        var limit = server.MaxRequestBodySize ?? long.MaxValue;
        if (!server.IsReadOnly)
            server.MaxRequestBodySize = Math.Max(limit, MostRead);
        return limit;
    }

    private static async Task<bool> Fits(HttpContext context, long limit)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            var fits = read.Buffer.Length <= limit;
            // Seen, but left for who reads it next.
            body.AdvanceTo(fits ? read.Buffer.Start : read.Buffer.End, read.Buffer.End);
            if (!fits || read.IsCompleted)
                return fits;
        }
    }

    /// <summary>Most clients look for the answer only when they have sent everything: what they send is read, and kept nowhere.</summary>
    private static async Task Discard(HttpContext context)
    {
        // Such a client asks first, and need not send at all: reading would tell it to.
        if (context.Request.Headers.Expect.Count > 0 && context.Request.ContentLength is not null)
        {
            HangUp(context);
            return;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(LongestDiscarding);
        var body = context.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(patience.Token);
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && !IsGone(context, e))
        {
            // Far too large, too slow, or no HTTP: in any case over the limit, which is the answer.
            HangUp(context);
        }
    }

    /// <summary>What is left of the body would be taken for the next request. Said when the answer begins, because an error's answer begins anew.</summary>
    private static void HangUp(HttpContext context) =>
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });

    private static bool IsGone(HttpContext context, Exception e) =>
        e is ConnectionAbortedException or ConnectionResetException
        || e is OperationCanceledException && context.RequestAborted.IsCancellationRequested;
}
