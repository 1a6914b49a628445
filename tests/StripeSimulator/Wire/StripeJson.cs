using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MPanel.StripeSimulator.Wire;

/// <summary>What a call of the API is answered with.</summary>
internal interface IStripeAnswer : IResult
{
    int Status { get; }

    JsonObject ToJson();
}

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

    // Not bound to the caller's patience: Stripe finishes what it began, and keeps the answer.
    public static async Task Write(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body, CancellationToken.None);
    }

    public static IStripeAnswer Ok(JsonObject body) => new Answer(body);

    public static JsonObject OfTexts(IReadOnlyDictionary<string, string> texts) =>
        new(texts.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value)));

    public static JsonArray OfTexts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    private sealed record Answer(JsonObject Body) : IStripeAnswer
    {
        public int Status => 200;

        public JsonObject ToJson() => Body;

        public Task ExecuteAsync(HttpContext httpContext) => Write(httpContext, 200, Body.ToJsonString(Options));
    }
}
