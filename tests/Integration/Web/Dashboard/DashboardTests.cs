using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Dashboard;

/// <summary>The figures at a glance, empty and filled, for those who may see them.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private const string Summary = "/api/admin/dashboard/summary";

    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(stripe: _stripe);
        _desk = await OrderDesk.Open(_panel);
        await _desk.Execute(Transitions.Free);
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Summary_OfAnEmptyPanel_HasZerosAndEmptyArrays()
    {
        using var client = await _panel.Client("dashboard.view");

        var summary = await client.GetFromJsonAsync<Dictionary<string, JsonElement>>(Summary);

        Assert.NotNull(summary);
        Assert.True(summary.Remove("asOf"));
        Assert.Equal(
            """{"totalRevenue30d":0,"totalRevenueAllTime":0,"activeCustomers":0,"pendingInvoices":0,"recentInvoices":[],"activeSubscriptions":0,"monthlyRecurringRevenue":0,"currency":"USD","revenueByCurrency":[]}""",
            JsonSerializer.Serialize(summary)
        );
    }

    [Fact]
    public async Task Summary_OfAFilledPanel_AddsUp()
    {
        await Filled();
        await _desk.Execute("update subscriptions set status = 'active'");
        await _desk.Execute(
            """
            insert into revenue_days (day, currency, amount, invoices)
            values ((now() at time zone 'UTC')::date - 40, 'USD', 100, 1), ((now() at time zone 'UTC')::date, 'EUR', 7, 1)
            """
        );
        using var client = await _panel.Client("dashboard.view", "invoices.view");

        var summary = await client.GetFromJsonAsync<JsonElement>(Summary);

        Assert.Equal(45.82m, summary.GetProperty("totalRevenue30d").GetDecimal());
        Assert.Equal(145.82m, summary.GetProperty("totalRevenueAllTime").GetDecimal());
        Assert.Equal(1, summary.GetProperty("activeCustomers").GetInt64());
        Assert.Equal(3, summary.GetProperty("activeSubscriptions").GetInt64());
        // 29.88 a year, 10.95 and 4.99 a month.
        Assert.Equal(18.43m, summary.GetProperty("monthlyRecurringRevenue").GetDecimal());
        Assert.Equal("paid", summary.GetProperty("recentInvoices")[0].GetProperty("status").GetString());
        Assert.Equal(
            ["EUR 7.000", "USD 45.820"],
            summary
                .GetProperty("revenueByCurrency")
                .EnumerateArray()
                .Select(c => $"{c.GetProperty("currency")} {c.GetProperty("last30Days")}")
        );
    }

    [Fact]
    public async Task Summary_ForAKeyThatMayNotSeeInvoices_TellsNoMoney()
    {
        await Filled();
        await _desk.Execute("update subscriptions set status = 'active'");
        using var client = await _panel.Client("dashboard.view");

        var summary = await client.GetFromJsonAsync<JsonElement>(Summary);

        Assert.Equal(3, summary.GetProperty("activeSubscriptions").GetInt64());
        foreach (var money in new[] { "totalRevenue30d", "totalRevenueAllTime", "monthlyRecurringRevenue" })
            Assert.Equal(0, summary.GetProperty(money).GetDecimal());
        Assert.Empty(summary.GetProperty("recentInvoices").EnumerateArray());
        Assert.Empty(summary.GetProperty("revenueByCurrency").EnumerateArray());
    }

    [Fact]
    public async Task Summary_WithoutItsPermission_IsForbidden()
    {
        using var client = await _panel.Client("orders.view", "invoices.view");

        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(Summary)).StatusCode);
    }

    [Fact]
    public async Task Page_OfAnEmptyPanel_IsWhole()
    {
        using var pages = await _panel.SignInWithRole("super_admin");

        var html = await pages.GetStringAsync("/dashboard");

        Assert.Contains("0.00 USD", html, StringComparison.Ordinal);
        Assert.Contains("Every order went through by itself", html, StringComparison.Ordinal);
        Assert.Contains("No orders yet", html, StringComparison.Ordinal);
        Assert.Contains("data-chart=\"revenue\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAFilledPanel_ShowsWhatWaitsForAPerson()
    {
        var (done, stopped) = await Filled();
        await _desk.Execute(
            "update provisioning_tasks set status = 'failed', finished_at = now(), last_error = '<script>x</script>' where type = 'backup'"
        );
        using var pages = await _panel.SignInWithRole("super_admin");

        var html = await pages.GetStringAsync("/dashboard?days=90");
        var live = await pages.GetStringAsync("/dashboard?handler=Live");

        foreach (var text in new[] { $"/orders/{done}", $"/orders/{stopped}", "amount_mismatch", "&lt;script&gt;x", "45.82 USD" })
            Assert.Contains(text, live, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", live, StringComparison.Ordinal);
        Assert.Contains($"The payment of {stopped} does not fit the order", live, StringComparison.Ordinal);
        Assert.Matches("<a class=\"card-actions\" href=\"/attention\">All [1-9]", live);
        Assert.Contains("<strong>90 days</strong>", html, StringComparison.Ordinal);
        Assert.Contains("45.820", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfServersWithAndWithoutAnAgent_SaysWhatItCounts()
    {
        await _desk.Execute(
            """
            insert into server_heartbeats (server_id, received_at, agent_version, capabilities, free_slots, metrics)
            select id, now(), '1', '{}', 1, '{}' from servers where name = 'srv1'
            """
        );
        var servers = await _desk.Count("select count(*) from servers");
        using var pages = await _panel.SignInWithRole("super_admin");

        var live = await pages.GetStringAsync("/dashboard?handler=Live");

        Assert.Contains($"1 of 1 enrolled server online, {servers - 1} without an agent", live, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ForSomebodyWhoMaySeeOnlyIt_ShowsNothingOfTheModules()
    {
        var (done, _) = await Filled();
        using var pages = await _panel.SignIn("dashboard.view");
        using var stranger = await _panel.SignIn("orders.view");

        var html = await pages.GetStringAsync("/dashboard");

        Assert.Contains("Active customers", html, StringComparison.Ordinal);
        foreach (var text in new[] { done, "Revenue", "Open invoices", "/servers", "/hangfire", "/attention", "INV-", "45.82" })
            Assert.DoesNotContain(text, html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync("/dashboard")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync("/dashboard?handler=Live")).StatusCode);
    }

    [Theory]
    [InlineData("?days=-1")]
    [InlineData("?days=99999999999999999999")]
    [InlineData("?days=<script>alert(1)</script>&days=90")]
    public async Task Page_WithAHostileQuery_ShowsThirtyDays(string query)
    {
        using var pages = await _panel.SignInWithRole("super_admin");

        var html = await pages.GetStringAsync("/dashboard" + query);

        Assert.Contains("<strong>30 days</strong>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
    }

    private async Task<(string Done, string Stopped)> Filled()
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var done = await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        await _desk.UntilStatus(done, "completed");
        var doubtful = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(doubtful, OrderDesk.ExampleTotal);
        await _stripe.Fail(new Failure(FailureKind.WrongAmount, doubtful));
        var stopped = await _desk.Place(OrderDesk.Example(doubtful, OrderDesk.NewDomain()));
        await _desk.UntilStatus(stopped, "needs_review");
        return (done, stopped);
    }
}
