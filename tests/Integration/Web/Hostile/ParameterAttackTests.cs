using System.Text;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>What is in the address and the header lines, as bytes: a client of good manners would tidy it up.</summary>
[Collection(nameof(HostileWorld))]
public sealed class ParameterAttackTests(HostileWorld world)
{
    private static readonly string[] Values =
    [
        "..",
        ".",
        "%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%5c",
        "....//",
        "%252e%252e%252f",
        "%00",
        "1%00",
        "a%0d%0aX-Injected:%201",
        "%ff%fe",
        "%c0%af",
        "%ed%a0%80",
        "%E2%80%AE",
        "%01%1b",
        "-1",
        "0",
        "-0",
        "9223372036854775808",
        "99999999999999999999999",
        "1e400",
        "NaN",
        "0x1",
        "%d9%a1",
        "1%20or%201=1",
        "'%3b%20drop%20table%20users%3b--",
        "%3Cscript%3E",
        "null",
        "undefined",
        "%25s%25n",
        "%F0%9F%92%A9",
        "%",
        "%zz",
    ];

    [Fact]
    public async Task EveryPathParameter_WithSomethingAbsurd_IsRefusedAndChangesNothing()
    {
        var findings = new Findings();
        var attacks = (
            from route in world.Routes
            where route.Keyed
            from parameter in route.Parameters
            from value in (string[])[.. Values, new string('a', 3000)]
            select (route, parameter, value)
        ).ToList();
        Assert.NotEmpty(attacks);
        await world.Unchanged(
            "path parameters",
            findings,
            () =>
                Parallel.ForEachAsync(
                    attacks,
                    async (a, _) =>
                    {
                        var path = a.route.With(a.parameter, a.value);
                        foreach (var other in a.route.Parameters.Where(p => p != a.parameter))
                            path = path.Replace($"{{{other}}}", "1", StringComparison.Ordinal);
                        // A dot segment takes the request to another route, which may well answer.
                        var dots = a.value is ".." or "." or "%2e%2e" or "....//";
                        var body = a.route.Body is null ? "" : "{";
                        await world.TryWire(
                            $"{a.route}",
                            $"{a.parameter} = {a.value}",
                            Bytes(a.route.Method, path, body),
                            findings,
                            dots
                                ? [200, 400, 404, 405]
                                : [400, 404, 405, .. a.route.Writes ? Array.Empty<int>() : a.route.Statuses.Where(s => s < 500)]
                        );
                    }
                )
        );
        findings.AssertNone();
    }

    [Fact]
    public async Task EveryQuery_WithSomethingAbsurd_IsAnsweredAsDocumentedAndChangesNothing()
    {
        var findings = new Findings();
        var attacks =
            from route in world.Routes
            where !route.Writes
            from name in (string[])[.. route.Query, "unknown"]
            from value in (string[])[.. Values, new string('a', 5000)]
            select (route, name, value);
        await world.Unchanged(
            "queries",
            findings,
            () =>
                Parallel.ForEachAsync(
                    attacks,
                    async (a, _) =>
                    {
                        var path = $"{await world.Path(a.route)}?{a.name}={a.value}&{a.name}={a.value}";
                        var reply = await world.TryWire(
                            $"{a.route}",
                            $"{a.name} = {a.value}",
                            Bytes("GET", path, ""),
                            findings,
                            [.. a.route.Statuses, 400, 414]
                        );
                        if (reply.Head.Contains("\nX-Injected", StringComparison.OrdinalIgnoreCase))
                            findings.Add($"{a.route}", $"{a.name} = {a.value}", reply.Status, "a header of the attacker's", reply.Head);
                    }
                )
        );
        findings.AssertNone();
    }

    [Fact]
    public async Task Headers_WithSomethingAbsurd_AreRefusedOrIgnored()
    {
        var findings = new Findings();
        string[] headers =
        [
            "X-Correlation-Id: a\tb\x01",
            "X-Correlation-Id: <script>alert(1)</script>",
            "X-Correlation-Id: a\rX-Injected: 1",
            "X-Correlation-Id: \u00ff\u00fe",
            "X-Correlation-Id: " + new string('a', 10_000),
            "X-Filler: " + new string('a', 40_000),
            "Host: evil.example",
            "X-Forwarded-Host: evil.example",
            "X-Forwarded-For: not-an-address",
            "X-Forwarded-For: ::1, 127.0.0.1, 1",
            "X-Forwarded-Proto: javascript",
            "X-HTTP-Method-Override: DELETE",
            "X-Original-URL: /api/admin/users",
            "Accept: " + new string('a', 5000),
            "Accept-Encoding: \"\"",
            "Range: bytes=-1",
            "Cookie: \x7f=;;;",
            "Nul: a\0b",
            "Bad Name: 1",
            ": 1",
            "If-Modified-Since: yesterday",
            "Expect: nonsense",
            "Upgrade: h2c",
            string.Join("\r\n", Enumerable.Range(0, 300).Select(i => $"X-{i}: 1")),
        ];
        foreach (var header in headers)
        {
            var reply = await world.TryWire(
                "GET /api/public/plans",
                header.Length > 60 ? header[..60] : header,
                Bytes("GET", "/api/public/plans", "", header),
                findings,
                [200, 400, 404, 417, 431, 0]
            );
            if (
                reply.Head.Contains("evil.example", StringComparison.Ordinal)
                || reply.Head.Contains("\nX-Injected", StringComparison.Ordinal)
                || reply.Head.Contains("<script>", StringComparison.Ordinal)
            )
                findings.Add("GET /api/public/plans", header, reply.Status, "given back", reply.Head);
        }
        findings.AssertNone();
    }

    private byte[] Bytes(string method, string path, string body, string header = "X-Nothing: 1") =>
        Encoding.Latin1.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {(path.StartsWith("/api/worker", StringComparison.Ordinal) ? world.Token : world.Key)}\r\n"
                + $"{header}\r\n"
                + (method == "GET" ? "\r\n" : $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}")
        );
}
