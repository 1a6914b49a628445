using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Integration.Web.Agents;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Servers;

public sealed class RetirementTests(WorkerPanel panel) : IClassFixture<WorkerPanel>, IAsyncLifetime
{
    private const string Path = "/api/admin/servers";
    private HttpClient _client = null!;

    private ProvisioningWorld World => panel.World;

    public async ValueTask InitializeAsync() => _client = await panel.Server.Client("servers.view", "servers.manage");

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Retire_OfAnEmptyDrainedServer_ShutsItsAgentOutAndLeavesTheLists()
    {
        var agent = await panel.Agent(state: "draining");
        var code = await panel.Code(agent.Name);

        var retired = await Done($"{agent.ServerId}/retire");
        var claim = await agent.Post("/api/worker/tasks/claim", new { types = new[] { "hosting-2" }, wait = 0 });
        using var again = await _client.PostAsync($"{Path}/{agent.ServerId}/retire", null);

        Assert.Equal(("retired", true, true), (Text(retired, "state"), Has(retired, "retiredAt"), !Has(retired, "lostAt")));
        Assert.Equal((401, "server_retired"), (claim.Status, claim.Code));
        Assert.Null(await panel.Enroll(code));
        Assert.Equal((409, "server_retired"), await Code(again));
        Assert.Empty(await Names($"q={agent.Name}"));
        Assert.Equal([agent.Name], await Names($"q={agent.Name}&state=retired"));
        Assert.Equal(
            ["server.retired"],
            await World.Strings(
                "select action from audit_entries where subject = @subject and actor_kind = 'api_key'",
                new { subject = $"server {agent.Name}" }
            )
        );
    }

    [Fact]
    public async Task Retire_OfAServerInWork_IsRefusedAndSaysWhy()
    {
        var active = await panel.Agent();
        var full = await World.Server(state: "draining");
        await World.Website(await World.Order(), full);
        var busy = await World.Server(state: "maintenance");
        await World.Task(await World.Order(), busy);

        Assert.Equal((409, "server_active"), await Refused($"{active.ServerId}/retire"));
        Assert.Equal((409, "server_in_use"), await Refused($"{full}/retire"));
        Assert.Equal((409, "server_in_use"), await Refused($"{busy}/retire"));
        Assert.Null(await active.Claim());
    }

    [Fact]
    public async Task ARetiredServer_IsChangedByNobody()
    {
        var id = await World.Server(state: "draining");
        await Done($"{id}/retire");

        using var patch = await _client.PatchAsJsonAsync($"{Path}/{id}", new { version = 2, state = "active" });
        using var settings = await _client.PatchAsJsonAsync($"{Path}/{id}", new { version = 2, websiteCapacity = 1 });
        using var into = await _client.PatchAsJsonAsync($"{Path}/{await World.Server()}", new { version = 1, state = "retired" });

        Assert.Equal((409, "server_retired"), await Code(patch));
        Assert.Equal((409, "server_retired"), await Code(settings));
        Assert.Equal((400, "validation_failed"), await Code(into));
        Assert.Equal((409, "server_retired"), await Refused($"{id}/enrolment-code"));
        Assert.Equal((409, "server_retired"), await Refused($"{id}/rebuild"));
    }

    [Theory]
    [InlineData("1 minute", true, "gone", 409, "server_heard")]
    [InlineData("11 minutes", false, "gone", 400, "validation_failed")]
    [InlineData("11 minutes", true, "", 400, "validation_failed")]
    [InlineData("11 minutes", true, "a\nb", 400, "validation_failed")]
    public async Task DeclareLost_OutOfPlace_IsRefusedAndChangesNothing(
        string silence,
        bool rightName,
        string reason,
        int status,
        string code
    )
    {
        var name = $"lost-{Guid.NewGuid():N}"[..20];
        var id = await World.Server(name);
        await World.Heard(id, silence, null, "hosting");

        using var answer = await _client.PostAsJsonAsync($"{Path}/{id}/declare-lost", new { name = rightName ? name : "srv1", reason });

        Assert.Equal((status, code), await Code(answer));
        Assert.Equal("active", await World.Scalar<string>("select state from servers where id = @id", new { id }));
    }

    [Fact]
    public async Task DeclareLost_OfASilentServer_PlacesItsWebsitesAnewAndRefusesItsAgent()
    {
        var lost = await panel.Agent();
        var order = await World.Order();
        var website = await World.Website(order, lost.ServerId, status: "active");
        await World.Execute("update websites set activated_at = now() where id = @website", new { website });
        await World.Execute(
            "insert into placements (kind, subject_id, server_id, spec, applied_revision) select 'hosting', id, server_id, website_spec(id), 1 from websites where id = @website",
            new { website }
        );
        await World.Execute("update servers set website_count = 1 where id = @ServerId", new { lost.ServerId });
        await World.Heard(lost.ServerId, "11 minutes", null, "hosting");
        var other = await panel.Agent();
        await World.Heard(other.ServerId, "1 second", null, "hosting");
        var loss = await _client.GetFromJsonAsync<JsonElement>($"{Path}/{lost.ServerId}/loss");

        using var answer = await _client.PostAsJsonAsync(
            $"{Path}/{lost.ServerId}/declare-lost",
            new { name = lost.Name, reason = "Its disks are broken." }
        );
        await Wait.Until(
            async () =>
                await World.Scalar<bool>(
                    "select content_lost_at is not null and server_id is distinct from @ServerId and server_id is not null from websites where id = @website",
                    new { lost.ServerId, website }
                ),
            "the website to be placed on another server"
        );
        var claim = await lost.Post("/api/worker/tasks/claim", new { types = new[] { "hosting-2" }, wait = 0 });

        Assert.Equal(
            (1, 1, 0, true),
            (
                loss.GetProperty("loss").GetProperty("kept").GetInt32(),
                loss.GetProperty("loss").GetProperty("emptied").GetInt32(),
                loss.GetProperty("loss").GetProperty("removed").GetInt32(),
                loss.GetProperty("loss").GetProperty("silent").GetBoolean()
            )
        );
        Assert.Equal(order.Domain, Text(loss.GetProperty("websites")[0], "domain"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((401, "server_retired"), (claim.Status, claim.Code));
        Assert.Contains(
            "Its disks are broken.",
            await World.Scalar<string>("select after::text from audit_entries where action = 'server.declared_lost'"),
            StringComparison.Ordinal
        );
        await Says(website, order.Domain);
    }

    [Fact]
    public async Task Pages_OfASilentServer_ShowWhatWouldBeLostAndDeclareIt()
    {
        var name = $"silent-{Guid.NewGuid():N}"[..20];
        var id = await World.Server(name, state: "draining");
        await World.Heard(id, "20 minutes", null, "hosting");
        var order = await World.Order();
        await World.Website(order, id);
        using var pages = await panel.Server.SignIn("servers.view", "servers.manage", "websites.view");

        var page = await pages.GetStringAsync($"/servers/{id}");
        var preview = await pages.GetStringAsync($"/servers/{id}/lost");
        using var wrong = await pages.PostForm(
            $"/servers/{id}/lost",
            new Dictionary<string, string> { ["Name"] = "srv9", ["Reason"] = "Fire." }
        );
        using var right = await pages.PostForm(
            $"/servers/{id}/lost",
            new Dictionary<string, string> { ["Name"] = name, ["Reason"] = "Fire." }
        );

        Assert.Contains("1 website(s) still stand here", page, StringComparison.Ordinal);
        Assert.Contains("isn&#x27;t possible yet", page, StringComparison.Ordinal);
        Assert.Contains(order.Domain, preview, StringComparison.Ordinal);
        Assert.Contains($"Must be {name}", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.Contains("It was declared lost", await pages.GetStringAsync($"/servers/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithViewOnly_NobodyLeaves()
    {
        var id = await World.Server(state: "draining");
        using var viewer = await panel.Server.Client("servers.view");

        using var retire = await viewer.PostAsync($"{Path}/{id}/retire", null);
        using var lost = await viewer.PostAsJsonAsync($"{Path}/{id}/declare-lost", new { name = "x", reason = "y" });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (retire.StatusCode, lost.StatusCode));
    }

    /// <summary>That its files are gone, until somebody says that they are back.</summary>
    private async Task Says(long website, string domain)
    {
        using var admin = await panel.Server.Client("websites.view", "websites.manage");
        using var pages = await panel.Server.SignIn("websites.view", "websites.manage");
        var attention = $"/api/admin/attention?code=content_lost&q={domain}";
        var item = (await admin.GetFromJsonAsync<JsonElement>(attention)).GetProperty("items")[0];
        using var early = await admin.PostAsync($"/api/admin/websites/{website}/content-back", null);
        await World.Execute("update placements set applied_revision = revision where subject_id = @website", new { website });
        var html = await pages.GetStringAsync($"/websites/{website}");
        using var back = await admin.PostAsync(Text(item.GetProperty("actions")[0], "path"), null);
        using var twice = await admin.PostAsync($"/api/admin/websites/{website}/content-back", null);

        Assert.Equal(("websites", $"/websites/{website}"), (Text(item, "kind"), Text(item, "page")));
        Assert.Equal((409, "content_not_lost"), await Code(early));
        Assert.Contains("Its files are gone until somebody puts them back", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        Assert.Equal((409, "content_not_lost"), await Code(twice));
        Assert.Equal(0, (await admin.GetFromJsonAsync<JsonElement>(attention)).GetProperty("total").GetInt32());
    }

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private static bool Has(JsonElement item, string name) => item.GetProperty(name).ValueKind != JsonValueKind.Null;

    private async Task<string[]> Names(string query) =>
        [
            .. (await _client.GetFromJsonAsync<JsonElement>($"{Path}?{query}"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(s => s.GetProperty("name").GetString()!),
        ];

    private async Task<JsonElement> Done(string path)
    {
        using var answer = await _client.PostAsync($"{Path}/{path}", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<(int, string?)> Refused(string path)
    {
        using var answer = await _client.PostAsync($"{Path}/{path}", null);
        return await Code(answer);
    }

    private static async Task<(int, string?)> Code(HttpResponseMessage response)
    {
        var answer = await Answer.Of(response);
        return (answer.Status, answer.Code);
    }
}
