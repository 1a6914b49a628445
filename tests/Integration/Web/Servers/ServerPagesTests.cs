using System.Net;
using System.Text.RegularExpressions;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Integration.Web.Agents;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Servers;

public sealed class ServerPagesTests(WorkerPanel panel) : IClassFixture<WorkerPanel>, IAsyncLifetime
{
    private PagesClient _pages = null!;

    public async ValueTask InitializeAsync() =>
        _pages = await panel.Server.SignIn("servers.view", "servers.manage", "provisioning.view", "websites.view");

    public ValueTask DisposeAsync()
    {
        _pages.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task List_ShowsServersWithStateRoomAndHeartbeat()
    {
        var name = Name();
        await panel.World.Server(name, state: "draining", capacity: 10, count: 4, tags: ["ssd"]);

        var html = await _pages.GetStringAsync($"/servers?q={name}");

        Assert.Contains(name, html, StringComparison.Ordinal);
        Assert.Contains(">draining<", html, StringComparison.Ordinal);
        Assert.Contains("4 of 10", html, StringComparison.Ordinal);
        Assert.Contains("never reported", html, StringComparison.Ordinal);
        Assert.Contains("tag=ssd", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_HasTheServers()
    {
        var name = Name();
        await panel.World.Server(name, tags: ["a", "b"]);

        var csv = await _pages.GetStringAsync($"/servers?handler=Csv&q={name}");

        Assert.Contains($"{name},web,10.0.0.1,active,no,a b,0,1000", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_ShowTasksWebsitesAndTokens()
    {
        var agent = await panel.Agent();
        var order = await panel.World.Order();
        var website = await panel.World.Website(order, agent.ServerId);
        var task = await panel.World.Task(order, agent.ServerId, websiteId: website);
        var prefix = await panel.World.Scalar<string>(
            "select prefix from server_tokens where server_id = @ServerId",
            new { agent.ServerId }
        );

        var html = await _pages.GetStringAsync($"/servers/{agent.ServerId}");

        foreach (
            var part in new[]
            {
                $"/provisioning/tasks/{task}",
                $"/websites/{website}",
                $"mps_{prefix}_",
                $"/websites?server={agent.Name}",
                "Nothing was heard",
            }
        )
            Assert.Contains(part, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_ForWhoMayOnlyView_OfferNothingToDo()
    {
        var agent = await panel.Agent();
        using var viewer = await panel.Server.SignIn("servers.view");

        var html = await viewer.GetStringAsync($"/servers/{agent.ServerId}");

        Assert.DoesNotContain($"/servers/{agent.ServerId}?handler=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/edit", html, StringComparison.Ordinal);
        Assert.DoesNotContain("All its tasks", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryForm_HasExactlyOneToken()
    {
        var agent = await panel.Agent();
        foreach (var path in new[] { $"/servers/{agent.ServerId}", $"/servers/{agent.ServerId}/edit", "/servers/new" })
        {
            var forms = Regex.Matches(await _pages.GetStringAsync(path), "<form[^>]*method=\"post\".*?</form>", RegexOptions.Singleline);

            Assert.True(forms.Count > 1, path);
            Assert.All(forms, form => Assert.Equal(1, Regex.Count(form.Value, "__RequestVerificationToken")));
        }
    }

    [Theory]
    [InlineData("/servers/999999")]
    [InlineData("/servers/999999/edit")]
    [InlineData("/servers/abc")]
    public async Task OfNoServer_Answers404(string path)
    {
        using var answer = await _pages.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("State")]
    [InlineData("Code")]
    [InlineData("Revoke")]
    [InlineData("RevokeAll")]
    public async Task AnotherRolesForm_Replayed_IsRefused(string handler)
    {
        var agent = await panel.Agent();
        using var viewer = await panel.Server.SignIn("servers.view");

        using var answer = await viewer.PostForm(
            $"/servers/{agent.ServerId}?handler={handler}",
            new Dictionary<string, string> { ["from"] = "active", ["to"] = "maintenance" }
        );

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(await agent.Claim());
        Assert.Equal("active", await panel.World.Scalar<string>("select state from servers where id = @ServerId", new { agent.ServerId }));
    }

    [Theory]
    [InlineData("/servers/new")]
    [InlineData("/servers/1/edit")]
    public async Task Forms_ForWhoMayOnlyView_Answer403(string path)
    {
        using var viewer = await panel.Server.SignIn("servers.view");
        using var shown = await viewer.GetAsync(path);
        using var posted = await viewer.PostForm(path, page: "/servers");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (shown.StatusCode, posted.StatusCode));
    }

    [Fact]
    public async Task New_FilledIn_AddsTheServer()
    {
        var name = Name();

        using var answer = await _pages.PostForm("/servers/new", Fields(name, capacity: "12", tags: "ssd, eu ssd"));
        var html = await _pages.GetStringAsync(answer.Headers.Location);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains($"{name} was added", html, StringComparison.Ordinal);
        Assert.Equal(
            ["ssd,eu 12"],
            await panel.World.Strings(
                "select array_to_string(tags, ',') || ' ' || website_capacity from servers where name = @name",
                new { name }
            )
        );
        Assert.Equal(
            _pages.Email,
            await panel.World.Scalar<string>(
                "select actor_name from audit_entries where subject = @subject",
                new { subject = $"server {name}" }
            )
        );
    }

    [Fact]
    public async Task New_FilledInWrongly_ShowsEveryMistakeAndWhatWasTyped()
    {
        using var answer = await _pages.PostForm(
            "/servers/new",
            Fields("<script>alert(1)</script>", address: "here", capacity: "-5", tags: "A B")
        );
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(4, Regex.Count(html, "aria-invalid=\"true\""));
        Assert.Contains("value=\"&lt;script&gt;alert(1)&lt;/script&gt;\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("A whole number from 0", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Form.WebsiteCount")]
    [InlineData("Server.State")]
    public async Task Edit_WithAFieldNobodyMaySet_IsRefused(string field)
    {
        var name = Name();
        var id = await panel.World.Server(name, capacity: 10);
        var fields = Fields(name, capacity: "20", version: 1);
        fields[field] = "0";

        using var answer = await _pages.PostForm($"/servers/{id}/edit", fields);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(10, await panel.World.Scalar<int>("select website_capacity from servers where id = @id", new { id }));
    }

    [Fact]
    public async Task New_UnderATakenName_SaysSo()
    {
        var name = Name();
        await panel.World.Server(name);

        using var answer = await _pages.PostForm("/servers/new", Fields(name));

        Assert.Contains("Another server has this name", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_AfterSomebodyElse_ShowsBothVersions_AndSavingAgainReplaces()
    {
        var name = Name();
        var id = await panel.World.Server(name, capacity: 10);
        using var first = await _pages.PostForm($"/servers/{id}/edit", Fields(name, capacity: "20", version: 1));

        using var second = await _pages.PostForm($"/servers/{id}/edit", Fields(name, capacity: "30", version: 1));
        var html = await second.Content.ReadAsStringAsync();
        var kept = await panel.World.Scalar<int>("select website_capacity from servers where id = @id", new { id });
        var version = Regex.Match(html, "name=\"Version\" value=\"(\\d+)\"").Groups[1].Value;
        using var third = await _pages.PostForm(
            $"/servers/{id}/edit",
            Fields(name, capacity: "30", version: int.Parse(version, System.Globalization.CultureInfo.InvariantCulture))
        );

        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Contains("Somebody else changed this server meanwhile", html, StringComparison.Ordinal);
        Assert.Matches("<td dir=\"auto\">20</td>\\s*<td dir=\"auto\">30</td>", html);
        Assert.Equal((20, HttpStatusCode.Redirect), (kept, third.StatusCode));
        Assert.Equal(30, await panel.World.Scalar<int>("select website_capacity from servers where id = @id", new { id }));
    }

    [Fact]
    public async Task Edit_OfTheRoleUnderAWebsite_IsRefused()
    {
        var name = Name();
        var id = await panel.World.Server(name);
        await panel.World.Website(await panel.World.Order(), id);

        using var answer = await _pages.PostForm($"/servers/{id}/edit", Fields(name, role: "mail", version: 1));

        Assert.Contains("so it keeps the roles", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("web", await panel.World.Scalar<string>("select array_to_string(roles, ' ') from servers where id = @id", new { id }));
    }

    [Fact]
    public async Task State_FromAStalePage_IsLeftAndSaid()
    {
        var name = Name();
        var id = await panel.World.Server(name);
        await State(id, "active", "draining");

        await State(id, "active", "maintenance");

        Assert.Contains("nothing was done", await _pages.GetStringAsync($"/servers/{id}"), StringComparison.Ordinal);
        Assert.Equal(
            ["draining", "server.state_changed"],
            await panel.World.Strings(
                "select state from servers where id = @id union all select action from audit_entries where subject = @subject",
                new { id, subject = $"server {name}" }
            )
        );
    }

    [Theory]
    [InlineData("active", "offline")]
    [InlineData("active", "active")]
    [InlineData("active", "")]
    public async Task State_ThatThereIsNot_Answers400(string from, string to)
    {
        var id = await panel.World.Server();

        Assert.Equal(HttpStatusCode.BadRequest, await State(id, from, to));
    }

    [Fact]
    public async Task Code_IsShownOnce_AndEnrols()
    {
        var name = Name();
        var id = await panel.World.Server(name);

        using var answer = await _pages.PostForm($"/servers/{id}?handler=Code");
        var html = await answer.Content.ReadAsStringAsync();
        var code = Regex.Match(html, "value=\"(mpe_[^\"]+)\"").Groups[1].Value;

        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.DoesNotContain($"hx-get=\"/servers/{id}?", html, StringComparison.Ordinal);
        Assert.Contains("Agent__EnrolmentCode=", html, StringComparison.Ordinal);
        Assert.DoesNotContain(code, await _pages.GetStringAsync($"/servers/{id}"), StringComparison.Ordinal);
        Assert.Equal(name, (await panel.Enroll(code))!.Server);
    }

    [Fact]
    public async Task RevokeAll_EndsEveryToken()
    {
        var agent = await panel.Agent();

        using var answer = await _pages.PostForm($"/servers/{agent.ServerId}?handler=RevokeAll");
        using var claim = await agent.Http.PostAsync("/api/worker/tasks/claim", null);

        Assert.Contains("One token has ended", await _pages.GetStringAsync(answer.Headers.Location), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, claim.StatusCode);
    }

    private static string Name() => $"p-{Guid.NewGuid().ToString("N")[..12]}";

    private async Task<HttpStatusCode> State(long id, string from, string to)
    {
        using var answer = await _pages.PostForm(
            $"/servers/{id}?handler=State",
            new Dictionary<string, string> { ["from"] = from, ["to"] = to }
        );
        return answer.StatusCode;
    }

    private static Dictionary<string, string> Fields(
        string name,
        string role = "web",
        string address = "10.0.0.1",
        string capacity = "5",
        string tags = "",
        int version = 0
    ) =>
        new()
        {
            ["Form.Name"] = name,
            ["Form.Roles"] = role,
            ["Form.Address"] = address,
            ["Form.Tags"] = tags,
            ["Form.WebsiteCapacity"] = capacity,
            ["Version"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
}
