using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

/// <summary>Marks the route whose refused bodies are kept.</summary>
public sealed record KeepsRefusedOrders;

/// <summary>
/// The body of an order as it was sent, and what becomes of it when it is refused: the money has been taken already, so it must not be
/// gone. Behind <see cref="Platform.Http.WholeBody"/>, which leaves all of it in the server's buffer.
/// </summary>
public sealed class SentOrder(RequestDelegate next, RefusedOrderActions refused)
{
    public async Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<KeepsRefusedOrders>() is null)
        {
            await next(context);
            return;
        }
        context.Features.Set(new SentBody(await Peek(context)));
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException malformed) when (malformed.StatusCode == StatusCodes.Status400BadRequest)
        {
            await Keep(context, refused, [new FieldError("", "malformed_json", "The body is not the expected JSON.")]);
            throw;
        }
    }

    /// <summary>Keeps the body of this request, with what is wrong with it.</summary>
    public static Task Keep(HttpContext context, RefusedOrderActions refused, IReadOnlyList<FieldError> faults) =>
        refused.Keep(context.Actor(), context.Features.GetRequiredFeature<SentBody>().Text, faults, context.RequestAborted);

    /// <summary>Seen, but left for who reads it next.</summary>
    private static async Task<string> Peek(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            var text = read.IsCompleted ? RefusedBody.Text(read.Buffer.ToArray()) : null;
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (text is not null)
                return text;
        }
    }

    private sealed record SentBody(string Text);
}
