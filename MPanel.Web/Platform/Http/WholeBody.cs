using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;

namespace MPanel.Web.Platform.Http;

/// <summary>
/// A body is read to its end before anybody looks into it, so that its size, its slowness and its content are told apart by what was
/// sent, and not by how it came in pieces. Readers of JSON and of forms would take the end of a body over the limit for the end of the
/// body, or for a fault of its text. Nothing is copied: it waits in the server's own buffer, which has room for four times the largest.
/// </summary>
public sealed class WholeBody(RequestDelegate next)
{
    public async Task Invoke(HttpContext context)
    {
        if (!IsReadLater(context) || await Arrives(context))
            await next(context);
    }

    /// <summary>Not of a request that failed already and is shown the error page: reading would fail a second time.</summary>
    private static bool IsReadLater(HttpContext context) =>
        context.GetEndpoint() is { } endpoint
        && (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null || context.Request.HasFormContentType)
        && context.Features.Get<IExceptionHandlerFeature>() is null
        && context.Features.Get<IStatusCodeReExecuteFeature>() is null;

    /// <returns>False when the client went away, so that there is nobody to answer.</returns>
    /// <exception cref="BadHttpRequestException">413, 408, or 400 for what is no HTTP.</exception>
    private static async Task<bool> Arrives(HttpContext context)
    {
        var body = context.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(context.RequestAborted);
                // Seen, but left for who reads it next.
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted)
                    return true;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionAbortedException or ConnectionResetException)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return false;
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // A chunk of a size that no number holds.
            throw new BadHttpRequestException("The body is no HTTP.", e);
        }
    }
}
