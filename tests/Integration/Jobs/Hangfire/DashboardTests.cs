using System.Net;
using System.Text.RegularExpressions;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>Who gets to the dashboard, and how the order chain looks there.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(stripe: _stripe);
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Dashboard_OfAStranger_LeadsToTheLogin()
    {
        using var pages = _panel.Pages();

        using var answer = await pages.GetAsync("/hangfire/jobs/failed");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/login?", answer.Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashboard_WithoutThePermission_IsForbidden()
    {
        using var visit = await DashboardVisit.Open(_panel, "orders.view", "jobs.manage");

        using var answer = await visit.Get("/");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Dashboard_OnTheApisPort_IsNotThere()
    {
        using var client = await _panel.Client("jobs.view", "jobs.manage");

        using var answer = await client.GetAsync("/hangfire");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/jobs/enqueued")]
    [InlineData("/jobs/scheduled")]
    [InlineData("/jobs/processing")]
    [InlineData("/jobs/succeeded")]
    [InlineData("/jobs/failed")]
    [InlineData("/jobs/deleted")]
    [InlineData("/recurring")]
    [InlineData("/servers")]
    [InlineData("/tasks")]
    public async Task Page_OfOneWhoMayOnlyLook_IsComplete(string path)
    {
        using var visit = await DashboardVisit.Open(_panel, "jobs.view");

        var page = await visit.Text(path);

        Assert.Contains("""<html lang="en">""", page, StringComparison.Ordinal);
        Assert.Contains("""<a href="/">""", page, StringComparison.Ordinal);
        Assert.Contains("/hangfire/tasks", page, StringComparison.Ordinal);
        Assert.DoesNotContain("js-jobs-list-command", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Always_HasThePanelsLook()
    {
        using var visit = await DashboardVisit.Open(_panel, "jobs.view");

        var page = await visit.Text("/");
        var styles = Regex.Matches(page, "href=\"/hangfire(/css[^\"]+)\"").Select(m => m.Groups[1].Value).ToList();
        var head = page[..page.IndexOf("</head>", StringComparison.Ordinal)];

        Assert.Equal(2, styles.Count);
        Assert.Contains("text-decoration: underline; }", await visit.Text(styles[0]), StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", await visit.Text(styles[1]), StringComparison.Ordinal);
        Assert.EndsWith("""<script src="/hangfire/panel-look"></script>""", head, StringComparison.Ordinal);
        Assert.Contains("localStorage.getItem(\"theme\")", await visit.Text("/panel-look"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_OfAnOrder_LinksToItForWhoMaySeeOrders()
    {
        var desk = await OrderDesk.Open(_panel);
        var reference = await desk.Place(OrderDesk.Example(await Paid(1), OrderDesk.NewDomain()));
        await Until(
            "select count(*) = 1 from hangfire.job where statename = 'Failed' and arguments ->> 1 like '%' || @reference || ' (%'",
            reference
        );
        var job = await Scalar(
            "select max(id)::text from hangfire.job where statename = 'Failed' and arguments ->> 1 like '%' || @reference || '%'",
            reference
        );
        using var both = await DashboardVisit.Open(_panel, "jobs.view", "orders.view");
        using var jobs = await DashboardVisit.Open(_panel, "jobs.view");

        Assert.Contains(
            $"<a href=\"/orders/{reference}\">{reference}</a>",
            await both.Text($"/jobs/details/{job}"),
            StringComparison.Ordinal
        );
        var plain = await jobs.Text($"/jobs/details/{job}");
        Assert.DoesNotContain("/orders/", plain, StringComparison.Ordinal);
        Assert.Contains($"<strong>In the panel:</strong> {reference}", plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recurring_OfAJob_SaysWhatItDoes()
    {
        using var visit = await DashboardVisit.Open(_panel, "jobs.view");

        await Wait.Until(
            async () =>
                (await visit.Text("/recurring")).Contains("jobs.prune: Forgets jobs that succeeded long ago", StringComparison.Ordinal),
            "the schedules to be made"
        );
    }

    [Fact]
    public async Task Page_ThatDoesNotExist_Is404()
    {
        using var visit = await DashboardVisit.Open(_panel, "jobs.view");

        using var answer = await visit.Get("/no/such/page");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Chain_OfAnOrder_IsSixNamedJobs()
    {
        var desk = await OrderDesk.Open(_panel);
        var payment = await Paid();
        var reference = await desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));

        // The job's own end comes a moment after its step's.
        await Until(
            "select count(*) = 6 from hangfire.job where statename = 'Succeeded' and arguments ->> 1 like '%' || @reference || ' (%'",
            reference
        );

        Assert.Equal(
            "Payment Customer Order Subscriptions Invoice Tasks",
            await Scalar(
                """
                select string_agg(split_part(arguments ->> 1, ' for ', 1), ' ' order by id) from hangfire.job
                where arguments ->> 1 like '"% for ' || @reference || ' (client@example.com)"'
                """.Replace("split_part(arguments ->> 1,", "split_part(trim('\"' from arguments ->> 1),", StringComparison.Ordinal),
                reference
            )
        );
        var parameters = await Scalar(
            """
            select string_agg(p.name || '=' || trim('"' from p.value), ' ' order by p.name) from hangfire.jobparameter p
            where p.jobid = (select min(id) from hangfire.job where arguments ->> 1 like '%' || @reference || '%') and p.name <> 'RetryCount'
            """,
            reference
        );
        Assert.Contains($"Order={reference} PaymentIntent={payment}", parameters, StringComparison.Ordinal);
        Assert.Contains("CorrelationId=", parameters, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requeue_OfAStepInReview_ResumesTheChainAndIsAudited()
    {
        var desk = await OrderDesk.Open(_panel);
        var reference = await desk.Place(OrderDesk.Example(await Paid(1), OrderDesk.NewDomain()));
        await Until(
            "select count(*) = 1 from hangfire.job where statename = 'Failed' and arguments ->> 1 like '%' || @reference || ' (%'",
            reference
        );
        var job = await Scalar(
            "select max(id)::text from hangfire.job where statename = 'Failed' and arguments ->> 1 like '%' || @reference || '%'",
            reference
        );
        using var looker = await DashboardVisit.Open(_panel, "jobs.view");
        using var visit = await DashboardVisit.Open(_panel, "jobs.view", "jobs.manage");

        Assert.Equal(HttpStatusCode.Unauthorized, await looker.Press("requeue", job));
        Assert.Equal(HttpStatusCode.Forbidden, await visit.Press("requeue", job, withToken: false));
        Assert.Equal("0", await Scalar("select count(*)::text from audit_entries where action = 'job.retried'", reference));
        Assert.Equal(HttpStatusCode.NoContent, await visit.Press("requeue", job));

        // Nothing was mended, so it stops there again: in the same job.
        await Until(
            """
            select count(*) = 2 from hangfire.state s join hangfire.job j on j.id = s.jobid
            where s.name = 'Failed' and j.arguments ->> 1 like '%' || @reference || ' (%'
            """,
            reference
        );
        Assert.Equal(
            "1",
            await Scalar("select count(*)::text from hangfire.job where arguments ->> 1 like '%' || @reference || ' (%'", reference)
        );
        Assert.Equal(
            $"user {visit.Pages.Email}",
            await Scalar("select actor_kind || ' ' || actor_name from audit_entries where action = 'job.retried'", reference)
        );
    }

    private async Task<string> Paid(long amount = OrderDesk.ExampleTotal)
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, amount);
        return payment;
    }

    private Task Until(string condition, string reference) =>
        Wait.Until(async () => await Scalar($"select ({condition})::text", reference) == "true", condition);

    private async Task<string> Scalar(string sql, string reference)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await Dapper.SqlMapper.ExecuteScalarAsync<string>(db, sql, new { reference }) ?? "";
    }
}
