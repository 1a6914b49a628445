using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web;

/// <summary>The running program, its OpenAPI document and docs/blueprint.md say the same; and no route forgot who may use it.</summary>
public sealed partial class ContractTests : IAsyncLifetime
{
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public void Blueprint_NamesEveryRouteAndNoOther()
    {
        var documented = TableRow()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/blueprint.md")))
            .Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value}")
            .Order(StringComparer.Ordinal)
            .ToList();

        Assert.NotEmpty(documented);
        Assert.Equal(
            documented,
            Routes()
                .Where(r => r.Pattern.Contains("/api/", StringComparison.Ordinal) || IsOps(r.Pattern))
                .Select(r => $"{r.Method} {r.Pattern}")
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task OpenApi_HasEveryApiRouteWithASummary()
    {
        using var client = await _panel.Client();
        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        foreach (var (method, pattern, _) in Routes().Where(r => r.Pattern.StartsWith("/api/", StringComparison.Ordinal)))
        {
            var operation = paths.GetProperty(pattern).GetProperty(method.ToLowerInvariant());
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
        }
    }

    [Fact]
    public async Task OpenApi_OfEveryRoute_HasTheBlueprintsStatuses()
    {
        using var client = await _panel.Client();
        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");
        var rows = TableRow().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/blueprint.md")));

        Assert.NotEmpty(rows);
        foreach (Match row in rows)
        {
            var (method, route) = (row.Groups[1].Value, row.Groups[2].Value);
            var operation = paths.GetProperty(route).GetProperty(method.ToLowerInvariant());
            // What the blueprint says of whole sorts of routes stands below its table.
            IEnumerable<string> common =
            [
                .. route.StartsWith("/api/", StringComparison.Ordinal) ? ["503"] : Array.Empty<string>(),
                .. row.Groups[3].Value.StartsWith("key", StringComparison.Ordinal) || row.Groups[3].Value == "server token"
                    ? ["401", "403", "429"]
                    : Array.Empty<string>(),
                .. operation.TryGetProperty("requestBody", out _) ? ["400", "408", "413", "415"] : Array.Empty<string>(),
            ];
            var documented = Status().Matches(row.Groups[4].Value).Select(m => m.Value).Union(common).Order(StringComparer.Ordinal);

            Assert.Equal(
                $"{method} {route}: {string.Join(' ', documented)}",
                $"{method} {route}: {string.Join(' ', operation.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order(StringComparer.Ordinal))}"
            );
        }
    }

    [Fact]
    public async Task OpenApi_OfEveryKeyedRoute_AsksForTheBearer()
    {
        using var client = await _panel.Client();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer");

        Assert.Equal(("http", "bearer"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("scheme").GetString()));
        Assert.True(
            document
                .GetProperty("components")
                .GetProperty("schemas")
                .GetProperty("Problem")
                .GetProperty("properties")
                .TryGetProperty("code", out _)
        );
        foreach (var (method, pattern, endpoint) in Routes().Where(r => r.Pattern.StartsWith("/api/", StringComparison.Ordinal)))
        {
            var operation = document.GetProperty("paths").GetProperty(pattern).GetProperty(method.ToLowerInvariant());
            var open = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            Assert.True(open != operation.TryGetProperty("security", out var security), $"{method} {pattern}");
            Assert.True(open || security[0].TryGetProperty("bearer", out _), $"{method} {pattern}");
        }
    }

    [Fact]
    public void EveryRoute_NamesItsPolicyOrIsOpenOnPurpose()
    {
        var open = new List<string>();
        foreach (var (method, pattern, endpoint) in Routes())
        {
            var policies =
                endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Count
                + endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>().Count;
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                open.Add($"{method} {pattern}");
            else
                Assert.True(policies > 0, $"{method} {pattern} names no policy");
        }

        Assert.Equal(
            [
                "GET /healthz",
                "GET /metrics",
                "GET /openapi/{documentName}.json",
                "GET /readyz",
                "POST /api/webhooks/stripe",
                "POST /api/worker/enroll",
            ],
            open.Where(o => !o.StartsWith("PAGE ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            [
                "PAGE /error",
                "PAGE /invitation",
                "PAGE /login",
                "PAGE /login/code",
                "PAGE /login/forgot",
                "PAGE /login/reset",
                "PAGE /status",
            ],
            open.Where(o => o.StartsWith("PAGE ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task EveryKeyedRoute_WithoutAKey_Answers401()
    {
        var asked = 0;
        using var client = await _panel.Client();
        foreach (var (method, pattern, endpoint) in Routes())
        {
            if (!pattern.StartsWith("/api/", StringComparison.Ordinal) || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                continue;
            using var request = new HttpRequestMessage(new HttpMethod(method), Parameter().Replace(pattern, "1"));
            // Each from an address of its own: so many refusals to one would end in 429.
            request.Headers.Add("X-Forwarded-For", $"10.0.{asked / 250}.{asked++ % 250}");

            using var answer = await client.SendAsync(request);

            Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Unauthorized, $"{method} {pattern} answered {answer.StatusCode}");
        }
    }

    private IEnumerable<(string Method, string Pattern, RouteEndpoint Endpoint)> Routes() =>
        _panel
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(s => s.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(endpoint =>
            {
                var pattern = "/" + Constraint().Replace(endpoint.RoutePattern.RawText ?? "", "}").TrimStart('/');
                var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["PAGE"];
                return methods.Select(m => (m, pattern, endpoint));
            });

    private static bool IsOps(string pattern) => pattern is "/healthz" or "/readyz" or "/metrics";

    [GeneratedRegex(
        @"^\| (GET|POST|PUT|PATCH|DELETE) \| (/(?:api/|healthz|readyz|metrics)\S*) \| ([^|]+?) \| (.+) \|$",
        RegexOptions.Multiline
    )]
    private static partial Regex TableRow();

    /// <summary>Not a size: "413 over 256 KiB" has one status.</summary>
    [GeneratedRegex(@"\b[2-5]\d\d\b(?! KiB)")]
    private static partial Regex Status();

    [GeneratedRegex(@":[a-z]+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
