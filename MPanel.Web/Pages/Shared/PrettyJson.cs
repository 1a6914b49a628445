using System.Text.Encodings.Web;
using System.Text.Json;

namespace MPanel.Web.Pages.Shared;

/// <summary>JSON for people to read. The page encodes it; here letters of any script stay letters.</summary>
public static class PrettyJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Format);
    }
}
