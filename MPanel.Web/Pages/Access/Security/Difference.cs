using System.Text.Json;

namespace MPanel.Web.Pages.Access.Security;

/// <summary>One field of an audit entry. A side that has no such field is null.</summary>
public sealed record Difference(string Field, string? Before, string? After)
{
    /// <summary>Of two JSON texts, field by field, what differs first. A text that is no object stands as one field.</summary>
    public static IReadOnlyList<Difference> Between(string? before, string? after)
    {
        var (old, now) = (Fields(before), Fields(after));
        return
        [
            .. old
                .Keys.Union(now.Keys)
                .Select(field => new Difference(field, old.GetValueOrDefault(field), now.GetValueOrDefault(field)))
                .OrderBy(d => d.Before == d.After)
                .ThenBy(d => d.Field, StringComparer.Ordinal),
        ];
    }

    private static Dictionary<string, string?> Fields(string? json)
    {
        if (json is null)
            return [];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => Text(p.Value))
            : new Dictionary<string, string?> { ["value"] = Text(document.RootElement) };
    }

    private static string? Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Array when value.EnumerateArray().All(v => v.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) =>
                string.Join(", ", value.EnumerateArray().Select(Text)),
            JsonValueKind.String => value.GetString(),
            _ => value.GetRawText(),
        };
}
