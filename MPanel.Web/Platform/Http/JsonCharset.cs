using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using MPanel.Web.Api;
using MPanel.Web.Platform.Http;

namespace MPanel.Web.Platform.Http;

/// <summary>
/// JSON between systems is UTF-8 (RFC 8259, 8.1). Another charset gets 415, before the framework transcodes it, or throws for one that it
/// doesn't know.
/// </summary>
public sealed class JsonCharset(RequestDelegate next)
{
    public Task Invoke(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null
        && MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
        && type.Charset is { HasValue: true } charset
        && !HeaderUtilities.RemoveQuotes(charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? Problems.Write(context, 415, "unsupported_media_type", "This route takes application/json in UTF-8.")
            : next(context);
}
