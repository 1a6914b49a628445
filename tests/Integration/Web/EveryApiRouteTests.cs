using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web;

/// <summary>What holds for every route of the admins' API, whoever adds the next one.</summary>
public sealed class EveryApiRouteTests(EveryApiRouteTests.OnePanel one) : IClassFixture<EveryApiRouteTests.OnePanel>
{
    private const string LongText =
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    private readonly PanelServer _panel = one.Panel;
    private int _asked;

    /// <summary>One for all tests here: none of them succeeds in changing anything.</summary>
    public sealed class OnePanel : IAsyncLifetime
    {
        public PanelServer Panel { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Panel = await PanelServer.Start();
            await using var db = await Panel.DataSource.OpenConnectionAsync();
            await db.ExecuteAsync("insert into customers (email, normalized_email, name) values ('a@example.com', 'a@example.com', 'A')");
        }

        public async ValueTask DisposeAsync() => await Panel.DisposeAsync();
    }

    [Fact]
    public async Task Route_WithEveryPermissionButItsOwn_IsForbidden()
    {
        foreach (var routes in PanelRoutes.Api(_panel).GroupBy(r => r.Permission))
        {
            using var key = await _panel.Client(await PanelRoutes.AllPermissions(_panel, but: routes.Key.Split(' ')));
            foreach (var route in routes)
            {
                using var answer = await Ask(key, route.Method, PanelRoutes.With(route.Pattern, "1"), route.TakesBody ? "{}" : null);

                Assert.Equal((route, HttpStatusCode.Forbidden), (route, answer.StatusCode));
            }
        }
    }

    [Fact]
    public async Task List_AskedForWhatItHasNot_NamesEveryFault()
    {
        using var key = await _panel.Client(await PanelRoutes.AllPermissions(_panel));
        var lists = await Lists(key);

        Assert.True(lists.Count >= 15, $"{lists.Count} lists");
        foreach (var (path, parameters) in lists)
        foreach (var (name, about) in parameters)
        foreach (var value in Hostile(name, about))
        {
            using var answer = await Ask(key, "GET", $"{path}?{name}={value}");

            Assert.Equal(($"{path}?{name}={value}", HttpStatusCode.BadRequest), ($"{path}?{name}={value}", answer.StatusCode));
            Assert.Equal(
                [name],
                (await answer.Content.ReadFromJsonAsync<JsonElement>())
                    .GetProperty("errors")
                    .EnumerateArray()
                    .Select(e => e.GetProperty("path").GetString())
            );
        }
    }

    [Fact]
    public async Task List_WithACursorOfSomebodysOwnMaking_IsReadOrRefused()
    {
        using var key = await _panel.Client(await PanelRoutes.AllPermissions(_panel));
        foreach (var (path, parameters) in await Lists(key))
        foreach (var sort in parameters["sort"].Split(';')[0].Split(", "))
        foreach (
            var value in (string[])["", "0", "-1", "1e400", "9999-12-31 23:59:59+00", "0001-01-01 00:00:00+00", "infinity", "\0", "'\\"]
        )
        {
            var cursor = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<object[]>([sort, value, long.MaxValue, true]));

            using var answer = await Ask(key, "GET", $"{path}?sort={sort}&cursor={cursor}");

            Assert.True(
                answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest,
                $"{path} by {sort} after {value}: {answer.StatusCode}"
            );
        }
    }

    [Fact]
    public async Task Route_OfAnIdThatIsNotThere_Returns404()
    {
        using var key = await _panel.Client(await PanelRoutes.AllPermissions(_panel));
        foreach (var route in PanelRoutes.Api(_panel).Where(r => r.Pattern.Contains('{', StringComparison.Ordinal)))
        foreach (var id in (string[])["0", "-1", "999999999", "9223372036854775808", "no-such", "%27", "%F0%9F%92%A5", LongText])
        {
            var path = PanelRoutes.With(route.Pattern, id);
            using var answer = await Ask(key, route.Method, path, route.TakesBody ? "{}" : null);

            // What is wrong with the body may be said first.
            Assert.True(
                answer.StatusCode == HttpStatusCode.NotFound || (route.TakesBody && answer.StatusCode == HttpStatusCode.BadRequest),
                $"{route.Method} {path}: {answer.StatusCode}"
            );
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Body_WithAFieldThatTheRouteDoesNotTake_IsRefusedAndAudited()
    {
        using var key = await _panel.Client(await PanelRoutes.AllPermissions(_panel));
        var routes = PanelRoutes.Api(_panel).Where(r => r.TakesBody).ToList();

        Assert.True(routes.Count >= 15, $"{routes.Count} routes take a body");
        foreach (var route in routes)
        {
            var path = PanelRoutes.With(route.Pattern, "1");
            using var answer = await Ask(key, route.Method, path, """{"createdBy":"somebody else"}""");

            Assert.Equal((route, HttpStatusCode.BadRequest), (route, answer.StatusCode));
            await using var db = await _panel.DataSource.OpenConnectionAsync();
            Assert.Equal(
                [(route, """{"reason": "unknown_field $.createdBy"}""")],
                (
                    await db.QueryAsync<string>(
                        "select after::text from audit_entries where action = 'access.forged' and subject = @subject",
                        new { subject = $"{route.Method} {path}" }
                    )
                ).Select(reason => (route, reason))
            );
        }
    }

    /// <summary>Every list with its parameters and what the OpenAPI document says of each.</summary>
    private static async Task<List<(string Path, Dictionary<string, string> Parameters)>> Lists(HttpClient key)
    {
        var document = await key.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        return
        [
            .. document
                .GetProperty("paths")
                .EnumerateObject()
                .Where(p => p.Value.TryGetProperty("get", out var get) && get.TryGetProperty("parameters", out _))
                .Select(p =>
                    (
                        PanelRoutes.With(p.Name, "1"),
                        p.Value.GetProperty("get")
                            .GetProperty("parameters")
                            .EnumerateArray()
                            .Where(a => a.GetProperty("in").GetString() == "query")
                            .ToDictionary(
                                a => a.GetProperty("name").GetString()!,
                                a => a.TryGetProperty("description", out var about) ? about.GetString()! : ""
                            )
                    )
                )
                .Where(l => l.Item2.ContainsKey("cursor")),
        ];
    }

    private static string[] Hostile(string name, string about) =>
        (name, about) switch
        {
            ("sort", _) => ["nothing", "-", "created%20desc", "id;--", "name&sort=name"],
            ("cursor", _) => ["!", "e30", "W10", "bm90aGluZw", LongText],
            ("pageSize", _) => ["0", "-1", "201", "ten", "99999999999999999999", "5&pageSize=5"],
            ("q", _) => [LongText, "a%00b", "a&q=b"],
            (_, "Day") => ["yesterday", "2026-02-30", "2026-1-1", "0"],
            (_, "Number") => ["x", "1e3", "-1", "99999999999999999999", "1%00"],
            (_, "Text") => [LongText, "a%00b", "a&" + name + "=b"],
            _ => ["nothing", "%27%20or%201%3D1", "%00"],
        };

    private async Task<HttpResponseMessage> Ask(HttpClient key, string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        // Each from an address of its own: so many refusals to one would no longer be written down.
        request.Headers.Add("X-Forwarded-For", $"10.0.{_asked / 250}.{_asked++ % 250}");
        return await key.SendAsync(request);
    }
}
