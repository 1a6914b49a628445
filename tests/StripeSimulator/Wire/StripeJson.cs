using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MPanel.StripeSimulator.Wire;

internal static class StripeJson
{
    // Two spaces and readable text, as Stripe answers.
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

    public static async Task Write(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(Options), context.RequestAborted);
    }

    public static IResult Ok(JsonNode body) => new Answer(body);

    private sealed record Answer(JsonNode Body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Write(httpContext, 200, Body);
    }
}
