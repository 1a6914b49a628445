using System.Net;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Search;

/// <summary>Everything by one field, and nothing that one may not see.</summary>
public sealed class SearchTests : IAsyncLifetime
{
    private static readonly string[] Everything =
    [
        "orders.view",
        "customers.view",
        "invoices.view",
        "domains.view",
        "websites.view",
        "provisioning.view",
    ];

    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;
    private string _payment = "";
    private string _domain = "";
    private string _reference = "";

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(stripe: _stripe);
        _desk = await OrderDesk.Open(_panel);
        (_payment, _domain) = (OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain());
        await _stripe.Payment(_payment, OrderDesk.ExampleTotal);
        _reference = await _desk.Place(OrderDesk.Example(_payment, _domain, "Seeker@example.com"));
        await _desk.UntilStatus(_reference, "completed");
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Search_ByEachThing_FindsIt()
    {
        using var pages = await _panel.SignIn(Everything);
        var customer = await _desk.Count("select id from customers");
        var invoice = await _desk.Count("select id from invoices");
        var website = await _desk.Count("select id from websites");
        var domain = await _desk.Count("select id from domains");
        var task = await _desk.Count("select min(id) from provisioning_tasks");
        var number = $"INV-{DateTimeOffset.UtcNow.Year}-000001";

        foreach (
            var (q, link) in new[]
            {
                (_reference, $"/orders/{_reference}"),
                (_reference.ToLowerInvariant()[..^1], $"/orders/{_reference}"),
                (_reference[4..], $"/orders/{_reference}"),
                (_payment, $"/orders/{_reference}"),
                ("SEEKER@exam", $"/admin/customers/{customer}"),
                ("client na", $"/admin/customers/{customer}"),
                ("NA", $"/admin/customers/{customer}"),
                (number, $"/invoices/{invoice}"),
                (number[..^2].ToLowerInvariant(), $"/invoices/{invoice}"),
                (_domain.ToUpperInvariant()[2..], $"/websites/{website}"),
                (_domain[..2], $"/domains/{domain}"),
                ($"0{task}", $"/provisioning/tasks/{task}"),
            }
        )
        {
            var escaped = Uri.EscapeDataString(q);
            Assert.Contains($"href=\"{link}\"", await pages.GetStringAsync($"/search?q={escaped}"), StringComparison.Ordinal);
            Assert.Contains($"href=\"{link}\"", await pages.GetStringAsync($"/search?handler=Quick&q={escaped}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Search_BySomebody_FindsOnlyWhatTheyMaySee()
    {
        foreach (var permission in Everything)
        {
            using var pages = await _panel.SignIn(permission);
            var html = await pages.GetStringAsync("/search?q=site-") + await pages.GetStringAsync("/search?q=client");

            Assert.Equal(permission == "orders.view", html.Contains($"/orders/{_reference}", StringComparison.Ordinal));
            Assert.Equal(permission == "customers.view", html.Contains("/admin/customers/", StringComparison.Ordinal));
            Assert.Equal(permission == "domains.view", html.Contains("/domains/", StringComparison.Ordinal));
            Assert.Equal(permission == "websites.view", html.Contains("/websites/", StringComparison.Ordinal));
        }
        using var stranger = _panel.Pages();
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync("/search?q=client")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync("/search?handler=Quick&q=client")).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("   ")]
    [InlineData("a%00b")]
    [InlineData("%25%25")]
    [InlineData("__")]
    [InlineData("%5C%5C")]
    [InlineData("'%3B%20drop%20table%20orders%3B%20--")]
    [InlineData("%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("99999999999999999999999999")]
    [InlineData("ORD-")]
    [InlineData("ORD-0")]
    [InlineData("INV-99999999999")]
    [InlineData("-1")]
    [InlineData("%F0%9F%92%A9%F0%9F%92%A9")]
    public async Task Search_ForSomethingHostile_FindsNothing(string q)
    {
        using var pages = await _panel.SignIn(Everything);

        foreach (var path in new[] { $"/search?q={q}", $"/search?handler=Quick&q={q}" })
        {
            using var answer = await pages.GetAsync(path);
            var html = await answer.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain($"/orders/{_reference}", html, StringComparison.Ordinal);
            Assert.DoesNotContain("/admin/customers/", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Search_ForTenKilobytes_IsAnsweredCalmly()
    {
        using var pages = await _panel.SignIn(Everything);

        using var answer = await pages.GetAsync($"/search?q={new string('x', 6000)}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("2 to 200 characters", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
