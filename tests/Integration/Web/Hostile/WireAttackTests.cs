using System.Text;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>Requests whose end two readers may see in two places, bodies that lie about their length or never come.</summary>
[Collection(nameof(HostileWorld))]
public sealed class WireAttackTests(HostileWorld world)
{
    [Fact]
    public async Task RequestsOfTwoEnds_SmuggleNothing()
    {
        var findings = new Findings();
        var inner = "{\"name\":\"Smuggled\",\"email\":\"smuggled@example.com\"}";
        var smuggled =
            $"POST /api/admin/customers HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {world.Key}\r\nContent-Type: application/json\r\nContent-Length: {inner.Length}\r\n\r\n{inner}";
        var shapes = new Dictionary<string, string>
        {
            ["two lengths"] = $"Content-Length: 2\r\nContent-Length: {smuggled.Length + 2}\r\n\r\n{{}}{smuggled}",
            ["two lengths in one"] = $"Content-Length: 2, {smuggled.Length + 2}\r\n\r\n{{}}{smuggled}",
            ["a negative length"] = $"Content-Length: -1\r\n\r\n{{}}{smuggled}",
            // Not "+2": Kestrel reads it as 2 and lets nobody see that; the proxy in front refuses it.
            ["a hexadecimal length"] = $"Content-Length: 0x2\r\n\r\n{{}}{smuggled}",
            ["an endless length"] = $"Content-Length: 99999999999999999999\r\n\r\n{{}}{smuggled}",
            ["an unknown coding"] = $"Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{{}}{smuggled}",
            ["chunked, but not last"] = $"Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{smuggled}",
            ["a space before the colon"] = $"Content-Length : 2\r\n\r\n{{}}{smuggled}",
            ["a folded line"] = $"X: 1\r\n Content-Length: 2\r\n\r\n{{}}{smuggled}",
            ["a chunk of no size"] = $"Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n{smuggled}",
            ["a chunk beyond all size"] = $"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{{}}\r\n0\r\n\r\n{smuggled}",
            ["a chunk that ends by a bare LF"] = $"Transfer-Encoding: chunked\r\n\r\n2\n{{}}\n0\n\n{smuggled}",
            ["a bare CR in a header"] = $"X: a\rb\r\nContent-Length: 2\r\n\r\n{{}}{smuggled}",
        };
        await world.Unchanged(
            "smuggling",
            findings,
            async () =>
            {
                foreach (var (name, rest) in shapes)
                {
                    var reply = await world.TryWire(
                        "POST /api/worker/enroll",
                        name,
                        Request(rest),
                        findings,
                        [0, 400, 408, 411, 413, 415, 501],
                        seconds: 4
                    );
                    if (reply.Answers > 1)
                        findings.Add("POST /api/worker/enroll", name, reply.Status, $"{reply.Answers} answers", reply.Body);
                }
            }
        );
        findings.AssertNone();
    }

    [Fact]
    public async Task BodiesThatLieOrNeverCome_AreGivenUpOn()
    {
        var findings = new Findings();
        var shapes = new Dictionary<string, string>
        {
            ["less than it says"] = "Content-Length: 1000\r\n\r\n{",
            ["nothing of it"] = "Content-Length: 1000\r\n\r\n",
            ["a chunk that never ends"] = "Transfer-Encoding: chunked\r\n\r\nff\r\n{",
            ["far more than is taken"] = "Content-Length: 4000000000\r\n\r\n{",
        };
        await world.Unchanged(
            "lying bodies",
            findings,
            () =>
                Parallel.ForEachAsync(
                    from route in world.Routes
                    where route.Body is not null
                    from shape in shapes
                    select (route, shape),
                    new ParallelOptions { MaxDegreeOfParallelism = 200 },
                    async (a, _) =>
                        await world.TryWire(
                            $"{a.route}",
                            a.shape.Key,
                            Request(a.shape.Value, await world.Path(a.route), world.KeyFor(a.route), a.route.Method),
                            findings,
                            a.shape.Key == "far more than is taken" ? [413] : [408],
                            seconds: 25
                        )
                )
        );
        findings.AssertNone();
    }

    private static byte[] Request(string rest, string path = "/api/worker/enroll", string key = "none", string method = "POST") =>
        Encoding.Latin1.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {key}\r\n{rest}"
        );
}
