using System.Net;
using System.Text.RegularExpressions;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Jobs;

public sealed partial class JobPagesTests(JobsPanel panel) : IClassFixture<JobsPanel>
{
    private static readonly string[] Pages = ["/jobs", "/jobs/recurring", "/jobs/workers"];

    [Fact]
    public async Task EveryPage_ByPermission_OpensOrReturns403()
    {
        var (_, job) = await panel.Stopped();
        using var viewer = await panel.Server.SignIn("jobs.view");
        using var other = await panel.Server.SignIn("provisioning.view");

        foreach (var page in (string[])[.. Pages, $"/jobs/{job}", "/jobs?handler=Csv"])
        {
            Assert.Equal((page, HttpStatusCode.OK), (page, (await viewer.GetAsync(page)).StatusCode));
            Assert.Equal((page, HttpStatusCode.Forbidden), (page, (await other.GetAsync(page)).StatusCode));
        }
    }

    [Fact]
    public async Task List_ByState_HasWhatStandsThereAndCountsTheTabs()
    {
        var (reference, job) = await panel.Stopped();
        using var viewer = await panel.Server.SignIn("jobs.view", "provisioning.view");

        var failed = await viewer.GetStringAsync($"/jobs?state=failed&q={reference}");

        Assert.Contains($"href=\"/jobs/{job}\"", failed, StringComparison.Ordinal);
        Assert.Contains("amount_mismatch", failed, StringComparison.Ordinal);
        Assert.Contains("href=\"/jobs/tasks?status=failed\"", failed, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"ids\"", failed, StringComparison.Ordinal);
        foreach (var state in new[] { "enqueued", "scheduled", "running", "done", "cancelled" })
            Assert.Contains("No jobs match", await viewer.GetStringAsync($"/jobs?state={state}&q={reference}"), StringComparison.Ordinal);
        Assert.Contains("order.tasks", await viewer.GetStringAsync($"/jobs?state=waiting&q={reference}"), StringComparison.Ordinal);
        Assert.StartsWith(
            $"{job},order.payment,{reference},failed,review,1,",
            (await viewer.GetStringAsync($"/jobs?handler=Csv&state=failed&q={reference}")).Split("\r\n")[1],
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/jobs?state=broken&kind=%00&sort=x&cursor=bm8&pageSize=0&q=%3Cscript%3Ealert(1)%3C/script%3E")]
    [InlineData("/jobs?state=failed&state=done&q=%25_%5C")]
    public async Task List_WithHostileQuery_StillAnswersAndRunsNothing(string address)
    {
        using var viewer = await panel.Server.SignIn("jobs.view");

        var html = await viewer.GetStringAsync(address);

        Assert.Contains("so it was left out", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_OfAStoppedOrder_ShowsErrorArgumentsChainAndOrder()
    {
        var (reference, job) = await panel.Stopped();
        using var viewer = await panel.Server.SignIn("jobs.view");

        var html = await viewer.GetStringAsync($"/jobs/{job}");

        foreach (
            var expected in new[] { "amount_mismatch", "intakeId", "order.subscriptions", $"href=\"/orders/{reference}\"", "needs review" }
        )
            Assert.Contains(expected, html, StringComparison.Ordinal);
        Assert.DoesNotContain("Run again", html, StringComparison.Ordinal);
        foreach (var id in new[] { "0", "-1", $"{long.MaxValue}", "x" })
            Assert.Equal((id, HttpStatusCode.NotFound), (id, (await viewer.GetAsync($"/jobs/{id}")).StatusCode));
    }

    [Fact]
    public async Task Job_RetriedByItsPage_GoesOnAndIsAuditedOnce()
    {
        var (reference, job) = await panel.Stopped();
        await panel.Stripe.ClearFailures();
        using var admin = await panel.Server.SignIn("jobs.view", "jobs.manage");

        using var retried = await admin.PostForm($"/jobs/{job}?handler=Retry", page: $"/jobs/{job}");
        await panel.Desk.UntilStatus(reference, "completed");
        using var again = await admin.PostForm($"/jobs/{job}?handler=Retry", page: "/jobs/workers");

        Assert.Contains("is not a failed job", await admin.GetStringAsync($"/jobs/{job}"), StringComparison.Ordinal);
        Assert.Equal(1, await panel.Audited("job.retried", job));
    }

    [Fact]
    public async Task List_BulkCancel_SaysWhatWasDoneAndWhatRefused()
    {
        var (reference, job) = await panel.Stopped();
        using var admin = await panel.Server.SignIn("jobs.view", "jobs.manage");
        const string page = "/jobs?state=failed";

        using var cancelled = await admin.PostForm("/jobs?handler=Cancel&state=failed", [new("ids", $"{job}"), new("ids", "0")], page);
        var html = await admin.GetStringAsync(page);

        Assert.Equal(page, cancelled.Headers.Location?.OriginalString);
        Assert.Contains("1 is cancelled.", html, StringComparison.Ordinal);
        Assert.Contains("1 was left as it is: There is no job 0.", html, StringComparison.Ordinal);
        Assert.Equal(6, await panel.Steps(reference, "cancelled"));
        using var none = await admin.PostForm("/jobs?handler=Cancel", [new("ids", "x")], page);
        Assert.Contains("Choose 1 to 500 of the list.", await admin.GetStringAsync("/jobs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryChange_WithoutItsPermissionOrToken_IsRefused()
    {
        var (reference, job) = await panel.Stopped();
        using var viewer = await panel.Server.SignIn("jobs.view");
        using var admin = await panel.Server.SignIn("jobs.view", "jobs.manage");

        foreach (
            var address in new[]
            {
                $"/jobs/{job}?handler=Retry",
                $"/jobs/{job}?handler=Cancel",
                "/jobs?handler=Retry",
                "/jobs?handler=Cancel",
            }
        )
        {
            using var refused = await viewer.PostForm(address, [new("ids", $"{job}")], "/jobs");
            using var forged = await admin.PostAsync(address, new FormUrlEncodedContent([new("ids", $"{job}")]));
            Assert.Equal((address, 403, 400), (address, (int)refused.StatusCode, (int)forged.StatusCode));
        }
        Assert.Equal(1, await panel.Steps(reference, "failed"));
    }

    [Fact]
    public async Task Recurring_OfAJobThatRan_ShowsScheduleLastAndNextRun()
    {
        await panel.Desk.Execute(
            """
            with chain as (
                insert into job_chains (kind, dedupe_key, subject, correlation_id) values ('jobs.prune', gen_random_uuid()::text, 'x', 'c') returning id
            )
            insert into job_steps (chain_id, position, kind, payload, state, attempt, verdict, last_error_code, last_error, finished_at)
            select id, 1, 'jobs.prune', '{}', 'failed', 6, 'given_up', 'boom', 'The broom broke.', now() from chain
            """
        );
        using var viewer = await panel.Server.SignIn("jobs.view");

        var html = await viewer.GetStringAsync("/jobs/recurring");

        Assert.Contains("17 3 * * *", html, StringComparison.Ordinal);
        Assert.Contains("The broom broke.", html, StringComparison.Ordinal);
        Assert.Contains("Forgets jobs that succeeded long ago", html, StringComparison.Ordinal);
        Assert.Matches("<time [^>]*>in \\d+ (h|min|s)</time>", html);
    }

    [Theory]
    [InlineData("/jobs", "All")]
    [InlineData("/jobs?state=failed", "Failed")]
    [InlineData("/jobs?state=waiting", "Waiting")]
    [InlineData("/jobs?state=cancelled", "Cancelled")]
    [InlineData("/jobs/tasks?status=failed", "Failed tasks")]
    public async Task Tabs_OfAnyDeepLink_AreFourAndShowTheStateOneIsIn(string address, string state)
    {
        using var viewer = await panel.Server.SignIn("jobs.view", "provisioning.view");

        var html = await viewer.GetStringAsync(address);
        var (tabs, states) = (Tabs("nav-tabs", html), Tabs("nav-pills", html));

        Assert.Equal(["Jobs", "Tasks", "Recurring", "Workers"], tabs.Select(t => t.Title));
        Assert.Equal([state], states.Where(t => t.Current).Select(t => t.Title));
        Assert.InRange(states.Count, 2, 8);
    }

    private static List<(string Title, bool Current)> Tabs(string look, string html)
    {
        var list = html[html.IndexOf($"nav {look} page-tabs", StringComparison.Ordinal)..];
        list = list[..list.IndexOf("</ul>", StringComparison.Ordinal)];
        return
        [
            .. TabLink()
                .Matches(list)
                .Select(m => (m.Groups[2].Value.Trim(), m.Groups[1].Value.Contains("active", StringComparison.Ordinal))),
        ];
    }

    [GeneratedRegex("<a class=\"nav-link([^\"]*)\"[^>]*>([^<]*)")]
    private static partial Regex TabLink();

    [Fact]
    public async Task Workers_OfARunningPanel_NameThisProcess()
    {
        using var viewer = await panel.Server.SignIn("jobs.view");

        var html = "";
        await Wait.Until(
            async () =>
                (html = await viewer.GetStringAsync("/jobs/workers")).Contains(
                    $"process {Environment.ProcessId}",
                    StringComparison.Ordinal
                ),
            "the process to report itself"
        );

        Assert.Contains("web, jobs", html, StringComparison.Ordinal);
        Assert.Contains("0 of 8", html, StringComparison.Ordinal);
        Assert.DoesNotContain("No process that runs jobs", html, StringComparison.Ordinal);
    }
}
