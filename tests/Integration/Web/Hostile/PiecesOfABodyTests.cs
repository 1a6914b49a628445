using System.Globalization;
using System.Net;
using System.Text;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>One body is one answer, however it is cut into chunks and whatever the panel has worked through when the next one comes.</summary>
[Collection(nameof(HostileWorld))]
public sealed class PiecesOfABodyTests(HostileWorld world)
{
    private const int Limit = 64 * 1024;

    private IEnumerable<ApiRoute> Takers => world.Routes.Where(r => r.Body is not null);

    public static TheoryData<string, int> Shapes =>
        new()
        {
            { "whole, then too much at once", 413 },
            { "whole, then near the limit, then beyond", 413 },
            { "half, then the rest and too much", 413 },
            { "a long text that never ends", 413 },
            { "no JSON, then too much", 413 },
            { "no JSON, then near the limit, then beyond", 413 },
            { "an unknown field, then too much", 413 },
            { "no JSON, near the limit", 400 },
            { "half and no more", 400 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task EveryBody_InPieces_IsJudgedAsAWhole(string shape, int expected)
    {
        var findings = new Findings();
        await world.Unchanged(
            shape,
            findings,
            () =>
                Parallel.ForEachAsync(
                    from route in Takers
                    from chunked in new[] { true, false }
                    select (route, chunked),
                    new ParallelOptions { MaxDegreeOfParallelism = 50 },
                    async (a, _) =>
                    {
                        var reply = await Send(a.route, Pieces(shape, a.route), a.chunked);
                        if (Verdict.Of(reply.Status, reply.Body, null, new HashSet<int> { expected }, isApi: false) is { } wrong)
                            findings.Add(
                                $"{a.route}",
                                $"{shape}, {(a.chunked ? "chunked" : "of a length")}",
                                reply.Status,
                                wrong,
                                reply.Body
                            );
                        else if (!reply.Body.Contains(expected == 413 ? "body_too_large" : "malformed_json", StringComparison.Ordinal))
                            findings.Add($"{a.route}", shape, reply.Status, "another code", reply.Body);
                    }
                )
        );
        findings.AssertNone();
    }

    [Fact]
    public async Task EveryBody_BrokenOff_IsAnsweredNothingAndChangesNothing()
    {
        var findings = new Findings();
        await world.Unchanged(
            "bodies broken off",
            findings,
            () =>
                Parallel.ForEachAsync(
                    from route in Takers
                    from chunked in new[] { true, false }
                    select (route, chunked),
                    new ParallelOptions { MaxDegreeOfParallelism = 50 },
                    async (a, _) =>
                    {
                        var whole = world.Bodies.Valid(a.route).ToJsonString();
                        var reply = await Send(a.route, [whole], a.chunked, brokenOff: true);
                        if (reply.Status != 0)
                            findings.Add($"{a.route}", "broken off", reply.Status, "an answer to nobody", reply.Body);
                    }
                )
        );
        findings.AssertNone();
    }

    /// <summary>A form that is too large is no forged one.</summary>
    [Fact]
    public async Task Form_OverTheLimitInPieces_ShowsThePageOf413()
    {
        foreach (var chunked in new[] { true, false })
        {
            var reply = await Send(
                "/login",
                "POST",
                "application/x-www-form-urlencoded",
                ["Email=a%40example.com&Password=", new string('x', Limit), "x"],
                chunked,
                port: world.Panel.PagesAddress.Port
            );

            Assert.Equal((int)HttpStatusCode.RequestEntityTooLarge, reply.Status);
            Assert.Contains("That was too much", reply.Body, StringComparison.Ordinal);
        }
    }

    private string[] Pieces(string shape, ApiRoute route)
    {
        var whole = world.Bodies.Valid(route).ToJsonString();
        var limit =
            route.Path.EndsWith("/log", StringComparison.Ordinal) ? 4 * Limit
            // Of senders who need no credential less is taken.
            : route.Path.EndsWith("/enroll", StringComparison.Ordinal) ? Limit / 4
            : HostileWorld.LimitOf(route);
        var field = world.Bodies.Fields(route).First().Path.Split('/')[1];
        return shape switch
        {
            "whole, then too much at once" => [whole, Blanks(limit)],
            "whole, then near the limit, then beyond" => [whole, Blanks(limit - Encoding.UTF8.GetByteCount(whole)), Blanks(1)],
            "half, then the rest and too much" => [whole[..(whole.Length / 2)], whole[(whole.Length / 2)..] + Blanks(limit)],
            "a long text that never ends" => [$"{{\"{field}\":\"", new string('x', limit - field.Length - 5), "x", "x"],
            "no JSON, then too much" => ["{x", Blanks(limit)],
            "no JSON, then near the limit, then beyond" => ["{x", Blanks(limit - 2), Blanks(1)],
            "an unknown field, then too much" => ["{\"nobody-knows-it\":1,", Blanks(limit)],
            "no JSON, near the limit" => ["{x", Blanks(limit - 2)],
            "half and no more" => [whole[..(whole.Length / 2)]],
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "No such shape."),
        };
    }

    private static string Blanks(int count) => new(' ', count);

    private async Task<WireReply> Send(ApiRoute route, string[] pieces, bool chunked, bool brokenOff = false) =>
        await Send(
            await world.Path(route),
            route.Method,
            "application/json",
            pieces,
            chunked,
            world.Panel.ApiAddress.Port,
            $"Authorization: Bearer {world.KeyFor(route)}\r\nX-Forwarded-For: {world.NextAddress()}\r\n",
            brokenOff
        );

    private Task<WireReply> Send(
        string path,
        string method,
        string contentType,
        string[] pieces,
        bool chunked,
        int port,
        string headers = "",
        bool brokenOff = false
    )
    {
        var name = Guid.NewGuid().ToString("N");
        var length = pieces.Sum(Encoding.UTF8.GetByteCount) + (brokenOff ? 1 : 0);
        var framing = chunked ? "Transfer-Encoding: chunked" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}");
        return Wire.SendInPieces(
            port,
            Encoding.ASCII.GetBytes(
                $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: {contentType}\r\n{BodyTap.Header}: {name}\r\n{headers}{framing}\r\n\r\n"
            ),
            pieces.Select(Encoding.UTF8.GetBytes).Select(p => (chunked ? Chunk(p) : p, p.Length)),
            brokenOff ? null
                : chunked ? "0\r\n\r\n"u8.ToArray()
                : [],
            () => world.Tap.Taken(name)
        );
    }

    private static byte[] Chunk(byte[] bytes) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length:x}\r\n")), .. bytes, .. "\r\n"u8];
}
