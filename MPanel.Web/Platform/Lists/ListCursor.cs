using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MPanel.Database.Lists;

namespace MPanel.Web.Platform.Lists;

/// <summary>A slice's edge as text for the query string. It belongs to one sort order; with another it is refused.</summary>
public static class ListCursor
{
    /// <summary>Room for the longest text that a list is sorted by, and far below what fits into a request line.</summary>
    private const int Longest = 4000;

    // Names in other scripts must not grow sixfold: nothing of it is ever part of a page before it is base64.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(SliceEdge edge, string sort) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<object[]>([sort, edge.Value, edge.Id, edge.Backward], Plain));

    /// <returns>Null for what <see cref="Write"/> can't have written for this sort order.</returns>
    public static SliceEdge? Read(string text, SortColumn column, string sort)
    {
        if (text.Length > Longest || !Base64Url.IsValid(text))
            return null;
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(text));
            return
                json.RootElement is { ValueKind: JsonValueKind.Array } parts
                && parts.GetArrayLength() == 4
                && parts[0].ValueKind == JsonValueKind.String
                && parts[0].GetString() == sort
                && parts[1].ValueKind == JsonValueKind.String
                && parts[1].GetString() is { } value
                && IsOfType(value, column.Type)
                && parts[2].ValueKind == JsonValueKind.Number
                && parts[2].TryGetInt64(out var id)
                && parts[3].ValueKind is JsonValueKind.True or JsonValueKind.False
                ? new SliceEdge(value, id, parts[3].GetBoolean())
                : null;
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The database casts it, and must never be given what it can't cast.</summary>
    private static bool IsOfType(string value, string type) =>
        // Said first, because .NET reads a number through the NULs behind it, and the database knows no NUL at all.
        !value.Contains('\0', StringComparison.Ordinal)
        && type switch
        {
            "text" => true,
            "bigint" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "integer" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "numeric" => decimal.TryParse(
                value,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out _
            ),
            "timestamptz" => IsTimestamp(value),
            _ => throw new InvalidOperationException($"No list is sorted by {type}."),
        };

    private static bool IsTimestamp(string value) =>
        DateTimeOffset.TryParseExact(
            value,
            ["yyyy-MM-dd HH:mm:ss.FFFFFFzz", "yyyy-MM-dd HH:mm:ss.FFFFFFzzz"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );
}
