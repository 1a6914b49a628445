using System.Text.Json.Nodes;
using MPanel.Database.Access;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>Who may not, on every route there is.</summary>
[Collection(nameof(HostileWorld))]
public sealed class AccessAttackTests(HostileWorld world)
{
    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECTED", "PROPFIND"];

    [Fact]
    public async Task EveryRoute_WithAVerbItDoesNotName_Answers404Or405()
    {
        var findings = new Findings();
        var attacks = world
            .Routes.GroupBy(r => r.Path)
            .SelectMany(path => Verbs.Except(path.Select(r => r.Method)).Select(verb => path.First() with { Method = verb }));
        await world.Unchanged(
            "undocumented verbs",
            findings,
            () =>
                Parallel.ForEachAsync(
                    attacks,
                    async (route, _) =>
                    {
                        var request = await world.Request(route, world.KeyFor(route), HasBody(route) ? HostileWorld.Json("{}") : null);
                        await world.Try(route, "verb", request, findings, 404, 405);
                    }
                )
        );
        findings.AssertNone();
    }

    [Fact]
    public async Task EveryKeyedRoute_WithoutARightKey_Answers401()
    {
        var garbage = new Dictionary<string, string?>
        {
            ["no credentials"] = null,
            ["an unknown key"] = BearerSecret.Create("mpk").Text,
            ["an unknown token"] = BearerSecret.Create("mps").Text,
            ["a wrong secret"] = world.Key[..^6] + "AAAAAA",
            ["a key cut short"] = world.Key[..20],
            ["a prefix alone"] = string.Join('_', world.Key.Split('_').Take(2)) + "_",
            ["SQL"] = "mpk_' or '1'='1_x",
            ["a long one"] = "mpk_" + new string('a', 8000),
            ["two keys"] = $"{world.Key} {world.Key}",
            ["a header split"] = $"{world.Key[..30]}\tX-Admin: 1",
        };
        var findings = new Findings();
        await world.Unchanged(
            "wrong keys",
            findings,
            () =>
                Parallel.ForEachAsync(
                    from route in world.Routes
                    where route.Keyed
                    from key in garbage
                    select (route, key),
                    async (attack, _) =>
                    {
                        var (route, (name, key)) = attack;
                        var request = await world.Request(route, key, Valid(route));
                        await world.Try(route, name, request, findings, 401);
                    }
                )
        );
        findings.AssertNone();
    }

    [Fact]
    public async Task EveryKeyedRoute_WithAKeyForSomethingElse_IsRefused()
    {
        var findings = new Findings();
        await using var db = await world.Panel.DataSource.OpenConnectionAsync();
        var other = await ApiKeys.Create(db, "of another scope", ["plans:read"], expiresAt: null);
        var almost = await ApiKeys.Create(
            db,
            "reads only",
            [.. world.Permissions.Where(p => p.EndsWith(".view", StringComparison.Ordinal))],
            null
        );
        await world.Unchanged(
            "wrong scopes",
            findings,
            async () =>
            {
                foreach (var route in world.Routes.Where(r => r.Keyed && r.Path != "/api/public/plans"))
                {
                    await world.Try(
                        route,
                        "another scope",
                        await world.Request(route, other, Valid(route)),
                        findings,
                        route.IsWorker ? 401 : 403
                    );
                    await world.Try(
                        route,
                        "the other kind of key",
                        await world.Request(route, route.IsWorker ? world.Key : world.Token, Valid(route)),
                        findings,
                        401
                    );
                    if (route.Writes && !route.IsWorker)
                        await world.Try(route, "reads only", await world.Request(route, almost, Valid(route)), findings, 403);
                }
            }
        );
        findings.AssertNone();
    }

    /// <summary>The other server's agent knows the lease token, and still may nothing.</summary>
    [Fact]
    public async Task EveryTaskRoute_OfAnotherServersAgent_Answers404()
    {
        var findings = new Findings();
        await world.Unchanged(
            "another server's agent",
            findings,
            async () =>
            {
                var routes = world.Routes.Where(r => r.Path.StartsWith("/api/worker/tasks/", StringComparison.Ordinal)).ToList();
                Assert.NotEmpty(routes);
                foreach (var route in routes)
                {
                    var body = world.Bodies.Valid(route);
                    if (body.ContainsKey("leaseToken"))
                        body["leaseToken"] = world.Lease.ToString();
                    if (body.ContainsKey("status"))
                        (body["status"], body["permanent"], body["error"]) = (JsonValue.Create("success"), JsonValue.Create(false), null);
                    if (body.ContainsKey("applied"))
                        body["applied"] = null;
                    if (body["lines"]?[0] is JsonObject line)
                        line["message"] = "of another";
                    var expected = route.Parameters.Length > 0 ? 404 : 204;
                    await world.Try(
                        route,
                        "another server's agent",
                        await world.Request(route, world.OtherToken, HostileWorld.Json(body.ToJsonString())),
                        findings,
                        expected
                    );
                }
            }
        );
        findings.AssertNone();
    }

    private StringContent? Valid(ApiRoute route) => route.Body is null ? null : HostileWorld.Json(world.Bodies.Valid(route).ToJsonString());

    private static bool HasBody(ApiRoute route) => route.Method is "POST" or "PUT" or "PATCH";
}
