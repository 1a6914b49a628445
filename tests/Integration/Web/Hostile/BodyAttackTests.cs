using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>What nobody sends who means well, in the body of every route that takes one, by somebody who has every right.</summary>
[Collection(nameof(HostileWorld))]
public sealed class BodyAttackTests(HostileWorld world)
{
    private static readonly string[] Texts =
    [
        "\"\"",
        "\"../../../../etc/passwd\"",
        "\"..%2f..%2fetc%2fpasswd\"",
        "\"a\\r\\nSet-Cookie: x=1\"",
        "\"a\\u0000b\"",
        "\"\\u0001\\u001b[31m\\u007f\\u0085\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\u202eevil\\u200b\"",
        "\"\\ufffe\\uffff\"",
        "\"p\\u0430ypal.com\"",
        "\"b\\u00fccher.example\"",
        "\"xn--a.example\"",
        "\"a@\\u0435xample.com\"",
        "\"a@b@c.example\"",
        "\"'; drop table users; --\"",
        "\"%s%n{0}{{7*7}}${jndi:ldap://127.0.0.1/x}\"",
        "1",
        "true",
        "null",
        "{}",
        "[]",
    ];

    private static readonly string[] Numbers =
    [
        "1e400",
        "-0",
        "-0.0",
        "-1",
        "0",
        "1e-400",
        "0.1234567890123456789",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "79228162514264337593543950336",
        "NaN",
        "\"NaN\"",
        "\"Infinity\"",
        "\"1\"",
        "null",
        "true",
        "[1]",
    ];

    private IEnumerable<ApiRoute> Takers => world.Routes.Where(r => r.Body is not null);

    [Fact]
    public async Task EveryBody_ThatIsNotTheExpectedJson_IsRefusedAndChangesNothing()
    {
        var findings = new Findings();
        foreach (var route in Takers)
        {
            var valid = world.Bodies.Valid(route).ToJsonString();
            var first = world.Bodies.Fields(route).First().Path.Split('/')[1];
            var bodies = new (string Name, byte[] Body)[]
            {
                ("cut off", Utf8(valid[..^1])),
                ("no JSON", Utf8("<xml/>")),
                ("two documents", Utf8(valid + valid)),
                ("a comment", Utf8("/* */" + valid)),
                ("a trailing comma", Utf8(valid[..^1] + ",}")),
                ("a list", Utf8("[" + valid + "]")),
                ("a text", Utf8("\"text\"")),
                ("a field twice", Utf8($"{{\"{first}\":{world.Bodies.Valid(route)[first]?.ToJsonString() ?? "null"},{valid[1..]}")),
                (
                    "a field twice by letter case",
                    Utf8($"{{\"{first.ToUpperInvariant()}\":{world.Bodies.Valid(route)[first]?.ToJsonString() ?? "null"},{valid[1..]}")
                ),
                ("deep", Utf8($"{{\"x\":{new string('[', 3000)}{new string(']', 3000)},{valid[1..]}")),
                ("deep objects", Utf8($"{{\"x\":{string.Concat(Enumerable.Repeat("{\"x\":", 500))}1{new string('}', 500)},{valid[1..]}")),
                ("invalid UTF-8", Invalid(route, first, 0xC3, 0x28, 0xFF)),
                ("an overlong form", Invalid(route, first, 0xC0, 0xAF)),
                ("UTF-16", Encoding.Unicode.GetBytes(valid)),
                ("NUL bytes", new byte[100]),
            };
            await world.Unchanged(
                $"no JSON to {route}",
                findings,
                async () =>
                {
                    foreach (var (name, body) in bodies)
                        await world.Try(route, name, await world.Request(route, world.KeyFor(route), Bytes(body)), findings, 400);
                    foreach (
                        var type in new[]
                        {
                            "text/plain",
                            "application/xml",
                            "multipart/form-data; boundary=x",
                            "application/x-www-form-urlencoded",
                            "application/jsonx",
                            "x/y; charset=nonsense",
                            "application/json; charset=x-nothing",
                            "application/json; charset=utf-16",
                        }
                    )
                        await world.Try(
                            route,
                            type,
                            await world.Request(route, world.KeyFor(route), Bytes(Utf8(valid), type)),
                            findings,
                            415
                        );
                }
            );
        }
        findings.AssertNone();
    }

    [Fact]
    public async Task EveryField_WithSomethingAbsurd_IsTakenOrRefusedAsDocumented()
    {
        var findings = new Findings();
        foreach (var route in Takers)
            await world.RefusedChangesNothing(
                route,
                findings,
                from field in world.Bodies.Fields(route)
                from json in field.Type is "integer" or "number" ? Numbers : [.. Texts, $"\"{new string('x', 20_000)}\""]
                select (
                    $"{field.Path} = {(json.Length > 60 ? json[..60] : json)}",
                    (Func<Task<HttpRequestMessage>>)(
                        () => world.Request(route, world.KeyFor(route), HostileWorld.Json(world.Bodies.Spoiled(route, field.Path, json)))
                    )
                )
            );
        findings.AssertNone();
    }

    [Fact]
    public async Task EveryBody_WithFieldsThatAreNotTheCallers_TakesNoneOfThem()
    {
        var findings = new Findings();
        string[] fields =
        [
            "id",
            "status",
            "state",
            "price",
            "total",
            "version",
            "roles",
            "role",
            "permissions",
            "isAdmin",
            "customerId",
            "serverId",
            "passwordHash",
            "createdAt",
            "leaseToken",
            "websiteCount",
        ];
        foreach (var route in Takers)
        {
            var body = world.Bodies.Valid(route);
            var planted = $"planted-{Guid.NewGuid():N}";
            foreach (var field in fields.Where(f => !body.ContainsKey(f)))
                body[field] = planted;
            await world.RefusedChangesNothing(
                route,
                findings,
                [("mass assignment", () => world.Request(route, world.KeyFor(route), HostileWorld.Json(body.ToJsonString())))]
            );
            if (await world.Books.With(planted) is { Count: > 0 } tables)
                findings.Add($"{route}", "mass assignment", 0, "written to " + string.Join(", ", tables), "");
        }
        findings.AssertNone();
    }

    [Fact]
    public async Task EveryBody_OverTheRoutesLimit_Answers413()
    {
        var findings = new Findings();
        await world.Unchanged(
            "oversized bodies",
            findings,
            async () =>
            {
                foreach (var route in Takers)
                {
                    var limit = HostileWorld.LimitOf(route);
                    foreach (
                        var (name, size, chunked) in new[]
                        {
                            ("one byte over", limit + 1, false),
                            ("one byte over, chunked", limit + 1, true),
                            ("far over", limit + 536_000, false),
                            ("far over, chunked", limit + 536_000, true),
                        }
                    )
                    {
                        var request = await world.Request(route, world.KeyFor(route), Bytes(Padded(route, size)));
                        request.Headers.TransferEncodingChunked = chunked;
                        await world.Try(route, name, request, findings, 413);
                    }
                }
            }
        );
        findings.AssertNone();
    }

    private byte[] Padded(ApiRoute route, int size)
    {
        var body = world.Bodies.Valid(route).ToJsonString();
        return Utf8(body + new string(' ', size - Utf8(body).Length));
    }

    /// <summary>In a field that the route reads: what it ignores may hold what it will.</summary>
    private byte[] Invalid(ApiRoute route, string field, params byte[] bytes)
    {
        var body = Encoding.Latin1.GetString(bytes);
        return Encoding.Latin1.GetBytes($"{{\"{field}\":\"{body}\",{world.Bodies.Valid(route).ToJsonString()[1..]}");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static ByteArrayContent Bytes(byte[] body, string type = "application/json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }
}
