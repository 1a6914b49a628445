using System.Net;
using MPanel.Tests.Integration.Web.Agents;
using MPanel.Tests.Integration.Web.Jobs;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Attention;

public sealed class AttentionPageTests(JobsPanel panel) : IClassFixture<JobsPanel>
{
    private const string Page = "/attention";

    [Fact]
    public async Task Page_OfANewPanel_SaysWhatComesHereAndTheMenuCountsNothing()
    {
        await using var empty = await PanelServer.Start();
        using var viewer = await empty.SignIn("orders.view", "provisioning.view", "jobs.view", "servers.view");

        var html = await viewer.GetStringAsync(Page);

        Assert.Contains("Nothing needs attention", html, StringComparison.Ordinal);
        Assert.DoesNotContain("need somebody", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders.view", "Orders", "Payments")]
    [InlineData("provisioning.view", "Provisioning")]
    [InlineData("servers.view", "Servers")]
    [InlineData("jobs.view", "Background jobs")]
    public async Task Page_ForEachViewer_HasTheTabsOfWhatTheyMaySee(string permission, params string[] tabs)
    {
        using var viewer = await panel.Server.SignIn(permission);

        var html = await viewer.GetStringAsync(Page);
        var list = html[html.IndexOf("page-tabs", StringComparison.Ordinal)..];
        list = list[..list.IndexOf("</ul>", StringComparison.Ordinal)];

        Assert.Equal(
            ["All", .. tabs],
            new[] { "All", "Orders", "Provisioning", "Payments", "Servers", "Background jobs" }.Where(t =>
                list.Contains($">{t}", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public async Task Page_WithoutAnyOfItsPermissions_Returns403()
    {
        using var other = await panel.Server.SignIn("dashboard.view", "customers.view", "orders.manage");

        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(Page)).StatusCode);
    }

    [Fact]
    public async Task Page_OfAStoppedOrder_SaysWhyAndLinksToItAndTheMenuCountsIt()
    {
        var (reference, _) = await panel.Stopped();
        using var viewer = await panel.Server.SignIn("orders.view");

        var html = await viewer.GetStringAsync($"{Page}?q={reference}");

        foreach (
            var text in new[] { $"The payment of {reference} does not fit the order", $"href=\"/orders/{reference}\"", "amount_mismatch" }
        )
            Assert.Contains(text, html, StringComparison.Ordinal);
        Assert.DoesNotContain("Resume", html, StringComparison.Ordinal);
        await Wait.Until(
            async () => (await viewer.GetStringAsync("/orders")).Contains("need somebody", StringComparison.Ordinal),
            "the menu to count it"
        );
        Assert.Contains(
            $"payments,The payment of {reference} does not fit the order,",
            await viewer.GetStringAsync($"{Page}?handler=Csv&q={reference}"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Resume_OfOne_GoesOnAndIsAuditedWhateverElseIsTicked()
    {
        var (reference, _) = await panel.Stopped();
        var (other, otherJob) = await panel.Stopped();
        await panel.Stripe.ClearFailures();
        using var admin = await panel.Server.SignIn("orders.view", "orders.manage");
        var page = $"{Page}?kind=payments";

        using var resumed = await admin.PostForm($"{Page}?handler=Resume&kind=payments&only={reference}", [new("ids", other)], page);
        await panel.Desk.UntilStatus(reference, "completed");

        Assert.Equal(page, resumed.Headers.Location?.OriginalString);
        Assert.Contains($"{reference} goes on where it stopped.", await admin.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Equal("stopped", await panel.State(otherJob));
        Assert.Equal(
            1,
            await panel.Desk.Count(
                "select count(*) from audit_entries where action = 'order.resumed' and subject = @s and actor_kind = 'user'",
                new { s = $"order {reference}" }
            )
        );
    }

    [Fact]
    public async Task Cancel_OfAStoppedOrder_RejectsItOnceAndSaysSo()
    {
        var (reference, job) = await panel.Stopped();
        using var admin = await panel.Server.SignIn("orders.view", "jobs.manage");
        var html = await admin.GetStringAsync($"{Page}?q={reference}");

        Assert.Contains(
            $"handler=CancelJob&amp;only={job}",
            html.Replace($"q={reference}&amp;", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains($"data-confirm-name=\"{reference}\"", html, StringComparison.Ordinal);
        using var cancelled = await admin.PostForm($"{Page}?handler=CancelJob&only={job}", page: Page);
        await panel.Desk.UntilStatus(reference, "rejected");
        using var again = await admin.PostForm($"{Page}?handler=CancelJob&only={job}", page: Page);

        Assert.Contains("there is nothing to cancel", await admin.GetStringAsync(Page), StringComparison.Ordinal);
        Assert.Equal(1, await panel.Audited("job.cancelled", job));
        Assert.DoesNotContain(reference, await admin.GetStringAsync(Page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bulk_OfWhatIsNotThereOrNoId_ChangesNothingAndSaysSo()
    {
        var (_, job) = await panel.Stopped();
        using var admin = await panel.Server.SignIn("orders.view", "orders.manage", "jobs.view", "jobs.manage", "provisioning.retry");

        using var none = await admin.PostForm($"{Page}?handler=RetryTask", [new("ids", "x"), new("ids", "-1")], Page);
        Assert.Contains("Choose 1 to 500 of the list.", await admin.GetStringAsync(Page), StringComparison.Ordinal);
        using var unknown = await admin.PostForm($"{Page}?handler=RetryJob", [new("ids", "0"), new("ids", "999999999")], Page);
        Assert.Contains("2 were left as they are: There is no job 0.", await admin.GetStringAsync(Page), StringComparison.Ordinal);
        using var nobodys = await admin.PostForm($"{Page}?handler=Resume", [new("ids", "ORD-0'--")], Page);
        Assert.Contains("There is no order ORD-0&#x27;--.", await admin.GetStringAsync(Page), StringComparison.Ordinal);

        Assert.Equal("stopped", await panel.State(job));
    }

    [Fact]
    public async Task EveryChange_WithoutItsPermissionOrToken_IsRefused()
    {
        var (reference, job) = await panel.Stopped();
        using var viewer = await panel.Server.SignIn("orders.view", "provisioning.view", "jobs.view");
        using var admin = await panel.Server.SignIn("orders.view", "orders.manage", "jobs.manage", "provisioning.retry");

        foreach (var handler in new[] { "Resume", "Accept", "RetryTask", "CancelTask", "RetryJob", "CancelJob" })
        {
            var address = $"{Page}?handler={handler}";
            List<KeyValuePair<string, string>> ids = [new("ids", $"{job}"), new("ids", reference)];
            using var refused = await viewer.PostForm(address, ids, Page);
            using var forged = await admin.PostAsync(address, new FormUrlEncodedContent(ids));
            Assert.Equal((address, 403, 400), (address, (int)refused.StatusCode, (int)forged.StatusCode));
        }
        Assert.Equal("stopped", await panel.State(job));
    }

    [Theory]
    [InlineData("?kind=everything&sort=-x&cursor=e30&pageSize=9999&code=%00&q=%3Cscript%3Ealert(1)%3C/script%3E")]
    [InlineData("?kind=tasks&kind=jobs&q=%25_%5C%27")]
    public async Task Page_WithAHostileQuery_StillAnswersAndRunsNothing(string query)
    {
        using var viewer = await panel.Server.SignIn("orders.view", "jobs.view");

        var html = await viewer.GetStringAsync(Page + query);

        Assert.Contains("so it was left out", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
    }
}
