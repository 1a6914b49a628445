using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>One operation of the running program's OpenAPI document.</summary>
/// <param name="Body">Schema of its JSON body; null when it takes none.</param>
public sealed partial record ApiRoute(string Method, string Path, HashSet<int> Statuses, string[] Query, bool Keyed, JsonElement? Body)
{
    public bool IsWorker => Path.StartsWith("/api/worker/", StringComparison.Ordinal);

    /// <summary>A GET changes nothing, whatever it answers.</summary>
    public bool Writes => Method != "GET";

    public string[] Parameters => [.. Parameter().Matches(Path).Select(m => m.Groups[1].Value)];

    public string With(string parameter, string value) => Path.Replace($"{{{parameter}}}", value, StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Path}";

    public static List<ApiRoute> Of(JsonElement document) =>
        [
            .. document
                .GetProperty("paths")
                .EnumerateObject()
                .SelectMany(path =>
                    path.Value.EnumerateObject().Select(operation => Read(operation.Name.ToUpperInvariant(), path.Name, operation.Value))
                ),
        ];

    private static ApiRoute Read(string method, string path, JsonElement operation) =>
        new(
            method,
            path,
            [.. operation.GetProperty("responses").EnumerateObject().Select(r => int.Parse(r.Name, CultureInfo.InvariantCulture))],
            operation.TryGetProperty("parameters", out var parameters)
                ?
                [
                    .. parameters
                        .EnumerateArray()
                        .Where(p => p.GetProperty("in").GetString() == "query")
                        .Select(p => p.GetProperty("name").GetString()!),
                ]
                : [],
            operation.TryGetProperty("security", out _),
            // Of a webhook only the signature counts, which has tests of its own.
            !path.StartsWith("/api/webhooks/", StringComparison.Ordinal) && operation.TryGetProperty("requestBody", out var body)
                ? body.GetProperty("content").GetProperty("application/json").GetProperty("schema")
                : null
        );

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Parameter();
}
