using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Integration.Web.Agents;
using MPanel.Tests.Integration.Web.Websites;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Servers;

public sealed class ServerRoutesTests(WorkerPanel panel) : IClassFixture<WorkerPanel>, IAsyncLifetime
{
    private const string Path = "/api/admin/servers";
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync() => _client = await panel.Server.Client("servers.view", "servers.manage");

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("name")]
    [InlineData("-role")]
    [InlineData("websites")]
    [InlineData("-room")]
    [InlineData("-heard")]
    [InlineData("created")]
    public async Task List_WalkedBothWays_ShowsEveryServerOnce(string sort)
    {
        await panel.Agent();
        var walk = new ListWalk(_client, Path);

        var (forward, back) = await walk.Follow($"sort={sort}&pageSize=2");
        var (backward, _) = await walk.Follow($"sort={sort}&pageSize=2", "previous", back);

        Assert.Equal(await panel.World.Scalar<int>("select count(*) from servers"), forward.SelectMany(p => p).Distinct().Count());
        Assert.Equal(forward.SkipLast(1).Reverse(), backward);
    }

    [Fact]
    public async Task List_ByFilters_ShowsWhatFits()
    {
        var name = Name();
        await panel.World.Server(name, role: "mail", state: "draining", tags: ["ssd", "eu"]);

        Assert.Equal([name], await Names($"q={name}"));
        Assert.Equal([name], await Names($"tag=eu&q={name}&role=mail&state=draining&reporting=never"));
        Assert.Empty(await Names($"q={name}&reporting=online"));
        Assert.Empty(await Names($"q={name}&reporting=offline"));
        Assert.Contains(name, await Names("q=ssd"));
    }

    [Theory]
    [InlineData("role=king")]
    [InlineData("state=offline")]
    [InlineData("reporting=maybe")]
    [InlineData("tag=%00")]
    [InlineData("sort=address")]
    public async Task List_AskedForWhatItHasNot_Answers400(string query)
    {
        using var answer = await _client.GetAsync($"{Path}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Create_WithEverything_AnswersItAndIsAudited()
    {
        var name = Name();

        using var answer = await _client.PostAsJsonAsync(
            Path,
            new
            {
                name,
                roles = new[] { "web" },
                address = "2001:db8::10",
                tags = new[] { "ssd", "ssd", "eu" },
                websiteCapacity = 7,
            }
        );
        var created = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(
            (HttpStatusCode.Created, $"{Path}/{created.GetProperty("id")}"),
            (answer.StatusCode, answer.Headers.Location?.ToString())
        );
        Assert.Equal(
            ("active", 7, 0, "2001:db8::10", "ssd eu"),
            (
                created.GetProperty("state").GetString(),
                created.GetProperty("websiteCapacity").GetInt32(),
                created.GetProperty("websiteCount").GetInt32(),
                created.GetProperty("address").GetString(),
                string.Join(' ', created.GetProperty("tags").EnumerateArray().Select(t => t.GetString()))
            )
        );
        Assert.Equal(["server.created"], await Audited(name));
    }

    [Theory]
    [InlineData("name", "Web1")]
    [InlineData("name", "-web")]
    [InlineData("name", "web\n")]
    [InlineData("name", "../web")]
    [InlineData("roles", "king")]
    [InlineData("address", "10.1")]
    [InlineData("address", "010.1.1.1")]
    [InlineData("address", "fe80::1%eth0")]
    [InlineData("address", "[::1]:80")]
    [InlineData("address", "example.net")]
    [InlineData("address", "10.0.0.1/8")]
    [InlineData("tags", "SSD")]
    [InlineData("tags", "a b")]
    [InlineData("tags", "")]
    [InlineData("websiteCapacity", "-1")]
    [InlineData("websiteCapacity", "1000001")]
    public async Task Create_WithAWrongField_Answers400AndNamesIt(string field, string value)
    {
        var body = new Dictionary<string, object>
        {
            ["name"] = Name(),
            ["roles"] = new[] { "web" },
            ["address"] = "10.0.0.1",
            ["tags"] = Array.Empty<string>(),
            ["websiteCapacity"] = 0,
        };
        body[field] =
            field is "tags" or "roles" ? new[] { value }
            : field == "websiteCapacity" ? int.Parse(value, System.Globalization.CultureInfo.InvariantCulture)
            : value;

        using var answer = await _client.PostAsJsonAsync(Path, body);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()!));
    }

    [Fact]
    public async Task Create_UnderATakenName_Answers409()
    {
        var name = Name();
        await panel.World.Server(name);

        using var answer = await _client.PostAsJsonAsync(
            Path,
            new
            {
                name,
                roles = new[] { "web" },
                address = "10.0.0.1",
            }
        );

        Assert.Equal((409, "name_taken"), await Code(answer));
    }

    [Theory]
    [InlineData("websiteCount")]
    [InlineData("id")]
    [InlineData("createdAt")]
    public async Task Create_WithAFieldNobodyMaySet_IsRefused(string field)
    {
        using var answer = await _client.PostAsJsonAsync(
            Path,
            new Dictionary<string, object>
            {
                ["name"] = Name(),
                ["roles"] = new[] { "web" },
                ["address"] = "10.0.0.1",
                [field] = 5,
            }
        );

        Assert.Equal((400, "malformed_json"), await Code(answer));
    }

    [Fact]
    public async Task Change_OfSomeFields_LeavesTheOthers()
    {
        var (id, name) = await Server(capacity: 5, tags: ["ssd"]);

        var after = await Changed(
            id,
            new
            {
                version = 1,
                websiteCapacity = 9,
                state = "draining",
            }
        );

        Assert.Equal(
            (9, "draining", "ssd", name),
            (
                after.GetProperty("websiteCapacity").GetInt32(),
                after.GetProperty("state").GetString(),
                after.GetProperty("tags")[0].GetString(),
                after.GetProperty("name").GetString()
            )
        );
        var entry = await panel.World.Scalar<string>(
            "select (before ->> 'websiteCapacity') || (after ->> 'websiteCapacity') || (after ->> 'state') from audit_entries where subject = @subject",
            new { subject = $"server {name}" }
        );
        Assert.Equal("59draining", entry);
    }

    [Fact]
    public async Task Change_OfAnOlderVersion_Answers409AndChangesNothing()
    {
        var (id, name) = await Server(capacity: 5);
        await Changed(id, new { version = 1, websiteCapacity = 6 });

        using var answer = await _client.PatchAsJsonAsync($"{Path}/{id}", new { version = 1, websiteCapacity = 7 });

        Assert.Equal((409, "conflict"), await Code(answer));
        Assert.Equal(6, await panel.World.Scalar<int>("select website_capacity from servers where id = @id", new { id }));
        Assert.Single(await Audited(name));
    }

    [Fact]
    public async Task Change_ByManyAtOnce_IsDoneByOne()
    {
        var (id, _) = await Server();

        var answers = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(n => _client.PatchAsJsonAsync($"{Path}/{id}", new { version = 1, websiteCapacity = n }))
        );

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Change_OfTheRole_IsRefusedWhileWebsitesLiveThere()
    {
        var (id, _) = await Server();
        var order = await panel.World.Order();
        var website = await panel.World.Website(order, id);

        using var refused = await _client.PatchAsJsonAsync($"{Path}/{id}", new { version = 1, roles = new[] { "mail" } });
        var more = await Changed(id, new { version = 1, roles = new[] { "mail", "web" } });
        await panel.World.Execute(Transitions.Free);
        await panel.World.Execute("update websites set status = 'removed' where id = @website", new { website });
        var after = await Changed(id, new { version = 2, roles = new[] { "mail" } });

        Assert.Equal((409, "server_in_use"), await Code(refused));
        Assert.Equal("web,mail", Roles(more));
        Assert.Equal("mail", Roles(after));

        static string Roles(JsonElement server) => string.Join(',', server.GetProperty("roles").EnumerateArray());
    }

    [Fact]
    public async Task Change_ToMaintenance_StopsTasks_AndBackWakesTheAgent()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        await Changed(agent.ServerId, new { version = 1, state = "maintenance" });
        Assert.Null(await agent.Claim());

        var waiting = agent.Claim(wait: 30);
        await Wait.Until(() => panel.Signal.WaitsFor(agent.ServerId), "the agent to wait");
        await Changed(agent.ServerId, new { version = 2, state = "active" });

        Assert.Equal(task, (await waiting)!.Id);
    }

    [Fact]
    public async Task EnrolmentCode_IsGivenOnce_Works_AndStandsNowhere()
    {
        var (id, name) = await Server();

        var answer = await Post($"{Path}/{id}/enrolment-code");
        var code = answer.GetProperty("code").GetString()!;
        var enrolled = await panel.Enroll(code);

        Assert.Equal(
            (name, name, 900),
            (enrolled!.Server, answer.GetProperty("server").GetString(), answer.GetProperty("validForSeconds").GetInt32())
        );
        Assert.Null(await panel.Enroll(code));
        Assert.Equal(
            0,
            await panel.World.Scalar<int>(
                "select count(*) from audit_entries where position(@code in concat(before::text, after::text, subject)) > 0",
                new { code }
            )
        );
        Assert.Contains("server.enrolment_code_created", await Audited(name));
    }

    [Fact]
    public async Task Revoke_OfOneOfTwoTokens_ShutsThatAgentOut()
    {
        var (id, name) = await Server();
        using var first = panel.Client((await panel.Enroll(await panel.Code(name)))!.Token);
        using var second = panel.Client((await panel.Enroll(await panel.Code(name)))!.Token);
        var tokens = (await _client.GetFromJsonAsync<JsonElement>($"{Path}/{id}")).GetProperty("tokens");
        var older = tokens.EnumerateArray().Select(t => t.GetProperty("id").GetInt64()).Min();

        await Post($"{Path}/{id}/tokens/{older}/revoke");
        await Post($"{Path}/{id}/tokens/{older}/revoke");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NoContent), (await Claim(first), await Claim(second)));
        Assert.Single(await Audited(name), "server.token_revoked");
    }

    [Fact]
    public async Task Revoke_OfAnotherServersToken_Answers404AndEndsNothing()
    {
        var (mine, _) = await Server();
        var agent = await panel.Agent();
        var token = await panel.World.Scalar<long>("select id from server_tokens where server_id = @ServerId", new { agent.ServerId });

        using var answer = await _client.PostAsync($"{Path}/{mine}/tokens/{token}/revoke", null);

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Null(await agent.Claim());
    }

    [Fact]
    public async Task OfNoServer_EveryRouteAnswers404()
    {
        foreach (
            var (method, path) in new[]
            {
                ("GET", "999999"),
                ("PATCH", "999999"),
                ("GET", "999999/metrics"),
                ("POST", "999999/enrolment-code"),
                ("POST", "999999/tokens/1/revoke"),
                ("GET", "abc"),
            }
        )
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"{Path}/{path}");
            request.Content = method == "PATCH" ? JsonContent.Create(new { version = 1 }) : null;
            using var answer = await _client.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{method} {path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task WithViewOnly_NothingCanBeChanged()
    {
        var (id, _) = await Server();
        using var viewer = await panel.Server.Client("servers.view");

        foreach (
            var request in new[]
            {
                new HttpRequestMessage(HttpMethod.Post, Path)
                {
                    Content = JsonContent.Create(
                        new
                        {
                            name = Name(),
                            roles = new[] { "web" },
                            address = "10.0.0.1",
                        }
                    ),
                },
                new HttpRequestMessage(HttpMethod.Patch, $"{Path}/{id}")
                {
                    Content = JsonContent.Create(new { version = 1, state = "draining" }),
                },
                new HttpRequestMessage(HttpMethod.Post, $"{Path}/{id}/enrolment-code"),
                new HttpRequestMessage(HttpMethod.Post, $"{Path}/{id}/tokens/1/revoke"),
            }
        )
            using (request)
            using (var answer = await viewer.SendAsync(request))
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("active", await panel.World.Scalar<string>("select state from servers where id = @id", new { id }));
    }

    private static string Name() => $"s-{Guid.NewGuid().ToString("N")[..12]}";

    private async Task<(long Id, string Name)> Server(int capacity = 5, string[]? tags = null)
    {
        var name = Name();
        return (await panel.World.Server(name, capacity: capacity, tags: tags), name);
    }

    private async Task<string[]> Names(string query) =>
        [
            .. (await _client.GetFromJsonAsync<JsonElement>($"{Path}?{query}"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(s => s.GetProperty("name").GetString()!),
        ];

    private Task<string[]> Audited(string name) =>
        panel.World.Strings(
            "select action from audit_entries where subject = @subject and actor_kind = 'api_key' order by id",
            new { subject = $"server {name}" }
        );

    private async Task<JsonElement> Changed(long id, object patch)
    {
        using var answer = await _client.PatchAsJsonAsync($"{Path}/{id}", patch);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> Post(string path)
    {
        using var answer = await _client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<HttpStatusCode> Claim(HttpClient agent)
    {
        using var answer = await agent.PostAsJsonAsync("/api/worker/tasks/claim", new { types = new[] { "hosting", "hosting-2" } });
        return answer.StatusCode;
    }

    private static async Task<(int, string?)> Code(HttpResponseMessage response)
    {
        var answer = await Answer.Of(response);
        return (answer.Status, answer.Code);
    }
}
