using System.Text.Json;
using System.Text.Json.Serialization;

namespace MPanel.StripeSimulator.Control;

/// <summary>How the control routes read and write: strictly, so that a slip in a test is not silence.</summary>
internal static class ControlJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            WriteIndented = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };

    public static IResult Ok(object body, int status = 200) => Results.Json(body, Options, statusCode: status);

    public static IResult Wrong(string message) => Results.Json(new { error = message }, Options, statusCode: 400);

    public static IResult Done(Action action)
    {
        action();
        return Results.NoContent();
    }

    /// <summary>Reads the body, then does the work with it.</summary>
    public static async Task<IResult> With<T>(HttpContext context, Func<T, IResult> work)
        where T : class
    {
        T? given;
        try
        {
            given = await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted);
        }
        catch (JsonException e)
        {
            return Wrong(e.Message);
        }
        return given is null ? Wrong("A body is needed.") : work(given);
    }
}
