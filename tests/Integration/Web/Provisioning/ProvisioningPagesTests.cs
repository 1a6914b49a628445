using System.Net;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Web.Agents;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Provisioning;

public sealed class ProvisioningPagesTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static readonly string[] Pages = ["/provisioning", "/provisioning/tasks"];

    [Fact]
    public async Task EveryPage_OfAnEmptyPanel_SaysWhatComesHere()
    {
        await using var empty = await PanelServer.Start();
        using var viewer = await empty.SignIn("provisioning.view", "jobs.view");

        Assert.Contains("Nothing to provision yet", await viewer.GetStringAsync(Pages[0]), StringComparison.Ordinal);
        Assert.Contains("No tasks yet", await viewer.GetStringAsync(Pages[1]), StringComparison.Ordinal);
        Assert.Contains("No tasks match", await viewer.GetStringAsync($"{Pages[1]}?status=failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryPage_WithoutItsPermission_Returns403()
    {
        var task = await panel.World.HostingTask((await panel.Agent()).ServerId);
        using var other = await panel.Server.SignIn("jobs.view");

        foreach (
            var page in (string[])
                [.. Pages, $"/provisioning/tasks/{task}", $"/provisioning/tasks/{task}?handler=Log", "/provisioning/tasks?handler=Csv"]
        )
            Assert.Equal((page, HttpStatusCode.Forbidden), (page, (await other.GetAsync(page)).StatusCode));
    }

    [Theory]
    [InlineData("/provisioning/tasks?status=broken&type=x&sort=plan&cursor=%00&pageSize=-1&website=no&q=%27%3B--&server=%3Cscript%3E")]
    [InlineData("/provisioning?anything=%3Cscript%3E")]
    public async Task EveryList_WithHostileQuery_StillAnswersAndRunsNothing(string address)
    {
        using var viewer = await panel.Server.SignIn("provisioning.view", "jobs.view");

        var html = await viewer.GetStringAsync(address);

        Assert.DoesNotContain("<script>", html.Replace("<script src=", "", StringComparison.Ordinal), StringComparison.Ordinal);
        if (address.Contains("sort=", StringComparison.Ordinal))
            Assert.Contains("so it was left out", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_OfARunningAndAWaitingTask_NamesBoth()
    {
        var (busy, lost) = (await panel.Agent(), await panel.Agent());
        await panel.World.HostingTask(busy.ServerId, "running.test");
        await busy.Claim();
        await panel.World.HostingTask(lost.ServerId, "patient.test");
        using var viewer = await panel.Server.SignIn("provisioning.view");

        var html = await viewer.GetStringAsync("/provisioning");

        Assert.Contains("hosting of running.test", html, StringComparison.Ordinal);
        Assert.Contains($"{lost.Name}, whose agent has never reported", html, StringComparison.Ordinal);
        Assert.Contains("hx-trigger=\"every", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_AskedForItsLivePart_SendsNoFrame()
    {
        using var viewer = await panel.Server.SignIn("provisioning.view");
        foreach (var page in Pages)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, page) { Headers = { { "HX-Request", "true" } } };
            using var answer = await viewer.SendAsync(request);
            var html = await answer.Content.ReadAsStringAsync();

            Assert.Contains("id=\"live\"", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<html", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tasks_AsCsv_HasWhatTheFiltersLeave()
    {
        var agent = await panel.Agent();
        var task = await Failed(agent, "csv.test");
        await panel.World.HostingTask(agent.ServerId, "other.test");
        using var viewer = await panel.Server.SignIn("provisioning.view");

        var csv = await viewer.GetStringAsync($"/provisioning/tasks?handler=Csv&server={agent.Name}&status=failed");

        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"{task},hosting,create,csv.test,starter,failed,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_WithScriptInItsLogAndError_ShowsThemAsText()
    {
        const string script = "<script>alert(1)</script>";
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId, "hostile.test");
        var lease = (await agent.Claim())!.LeaseToken;
        await agent.Post(WorkerRoutes.Log(task), new LogRequest(lease, [new(1, DateTimeOffset.UnixEpoch, "error", script)]));
        await agent.Fail(task, lease, permanent: true, message: script);
        using var viewer = await panel.Server.SignIn("provisioning.view", "jobs.view");

        foreach (var page in new[] { $"/provisioning/tasks/{task}", "/attention?kind=tasks" })
        {
            var html = await viewer.GetStringAsync(page);
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
            Assert.DoesNotContain(script, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Task_ThatIsNotThere_Returns404()
    {
        using var viewer = await panel.Server.SignIn("provisioning.view", "provisioning.retry");

        foreach (var id in new[] { "0", "-1", $"{long.MaxValue}", "x", "99999999999999999999" })
            Assert.Equal((id, HttpStatusCode.NotFound), (id, (await viewer.GetAsync($"/provisioning/tasks/{id}")).StatusCode));
    }

    [Fact]
    public async Task Log_AfterALine_HasOnlyWhatCameBehindIt()
    {
        var agent = await panel.Agent();
        var task = await panel.World.HostingTask(agent.ServerId);
        var lease = (await agent.Claim())!.LeaseToken;
        await agent.Post(WorkerRoutes.Log(task), new LogRequest(lease, [Line(1, "first"), Line(2, "second")]));
        using var viewer = await panel.Server.SignIn("provisioning.view");
        var log = $"/provisioning/tasks/{task}?handler=Log";

        var page = await viewer.GetStringAsync($"/provisioning/tasks/{task}");
        var part = await viewer.GetStringAsync($"{log}&attempt=1&seq=1");
        using var none = await viewer.GetAsync($"{log}&attempt=1&seq=2");

        Assert.Contains($"/provisioning/tasks/{task}?handler=Log&amp;attempt=1&amp;seq=2", page, StringComparison.Ordinal);
        Assert.Contains("second", part, StringComparison.Ordinal);
        Assert.DoesNotContain("first", part, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        await agent.Post(WorkerRoutes.Log(task), new LogRequest(lease, [Line(3, "third")]));
        Assert.Contains("third", await viewer.GetStringAsync($"{log}&attempt=1&seq=2"), StringComparison.Ordinal);
        Assert.Equal(
            3,
            (await viewer.GetStringAsync($"/provisioning/tasks/{task}?handler=LogFile"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Length
        );
    }

    [Fact]
    public async Task Retry_OfAFailedTaskByItsPage_TriesItAgainOnceAndIsAudited()
    {
        var task = await Failed(await panel.Agent());
        using var admin = await panel.Server.SignIn("provisioning.view", "provisioning.retry");
        var page = $"/provisioning/tasks/{task}";

        using var retried = await admin.PostForm($"{page}?handler=Retry", page: page);
        Assert.Contains($"Task {task} is tried again.", await admin.GetStringAsync(page), StringComparison.Ordinal);
        using var again = await admin.PostForm($"{page}?handler=Retry", page: page);
        Assert.Contains($"Task {task} is pending.", await admin.GetStringAsync(page), StringComparison.Ordinal);

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.Redirect), (retried.StatusCode, again.StatusCode));
        Assert.Equal(
            $"user {admin.Email}",
            await panel.World.Scalar<string>(
                "select string_agg(actor_kind || ' ' || actor_name, ', ') from audit_entries where action = 'task.retried' and subject = @s",
                new { s = $"task {task}" }
            )
        );
    }

    [Fact]
    public async Task Move_ByThePage_OffersTheServersThatFitAndMovesIt()
    {
        var (from, to) = (await panel.Agent(), await panel.Agent());
        var task = await Failed(from);
        using var admin = await panel.Server.SignIn("provisioning.view", "provisioning.retry");
        var page = $"/provisioning/tasks/{task}";
        var html = await admin.GetStringAsync(page);

        Assert.Contains($"<option value=\"{to.Name}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"<option value=\"{from.Name}\"", html, StringComparison.Ordinal);
        using var moved = await admin.PostForm($"{page}?handler=Move", [new("server", to.Name)], page);
        Assert.Contains($"Task {task} is moved to {to.Name}.", await admin.GetStringAsync(page), StringComparison.Ordinal);
        using var nowhere = await admin.PostForm($"{page}?handler=Move", [new("server", "nowhere")], page);
        Assert.Contains("There is no server nowhere.", await admin.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Equal(
            to.ServerId,
            await panel.World.Scalar<long>("select server_id from provisioning_tasks where id = @task", new { task })
        );
    }

    [Fact]
    public async Task EveryChange_WithoutItsPermissionOrToken_IsRefused()
    {
        var task = await Failed(await panel.Agent());
        using var viewer = await panel.Server.SignIn("provisioning.view");
        using var admin = await panel.Server.SignIn("provisioning.view", "provisioning.retry");
        var page = $"/provisioning/tasks/{task}";

        Assert.DoesNotContain("Try again", await viewer.GetStringAsync(page), StringComparison.Ordinal);
        foreach (var handler in new[] { "Retry", "Cancel", "Move" })
        {
            using var refused = await viewer.PostForm($"{page}?handler={handler}", page: "/provisioning");
            using var forged = await admin.PostAsync($"{page}?handler={handler}", new FormUrlEncodedContent([]));
            Assert.Equal((handler, 403, 400), (handler, (int)refused.StatusCode, (int)forged.StatusCode));
        }
        Assert.Equal("failed", await panel.World.Status(task));
    }

    private static LogLine Line(int seq, string text) => new(seq, DateTimeOffset.UnixEpoch, "info", text);

    private async Task<long> Failed(Agent agent, string? domain = null)
    {
        var task = await panel.World.HostingTask(agent.ServerId, domain);
        await agent.Fail(task, (await agent.Claim())!.LeaseToken, permanent: true);
        return task;
    }
}
