using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>Which domains are sold, and which a person must look at first.</summary>
public sealed class OrderedDomainTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(
            stripe: _stripe,
            settings: new Dictionary<string, string?>
            {
                ["Orders:ReservedDomains:0"] = "panel.our-own.example",
                ["Orders:ReservedDomains:1"] = "B\u00FCcher-Own.example.",
                ["Invoices:Seller:Email"] = "billing@our-mail.example",
            }
        );
        _desk = await OrderDesk.Open(_panel);
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Theory]
    [InlineData("me.uk")]
    [InlineData("github.io")]
    [InlineData("uk.com")]
    [InlineData("tokyo.jp")]
    public async Task Post_ForAPublicSuffix_IsRefusedAndKept(string domain)
    {
        using var answer = await _desk.Post(OrderDesk.Example(OrderDesk.NewPaymentIntent(), domain));

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, await _desk.Count("select count(*) from refused_orders where faults -> 0 ->> 'code' = 'public_suffix'"));
    }

    [Fact]
    public async Task Place_BelowASharedSuffix_IsEachCustomersOwn()
    {
        await Placed("one-site.github.io", "one@example.com", "completed");
        await Placed("two-site.github.io", "two@example.com", "completed");
        await Placed("three.me.uk", "three@example.com", "completed");
    }

    [Theory]
    [InlineData("panel.our-own.example")]
    [InlineData("below.panel.our-own.example")]
    [InlineData("our-own.example")]
    [InlineData("our-mail.example")]
    [InlineData("shop.our-mail.example")]
    [InlineData("web7.nodes.our-mail.example")]
    [InlineData("b\u00FCcher-own.example")]
    public async Task Place_OfANameOfTheCompany_StopsForAPerson(string domain)
    {
        var order = await Placed(domain, "client@example.com", "needs_review");

        Assert.Equal("domain_reserved", order.GetProperty("reasonCode").GetString());
    }

    [Theory]
    [InlineData("shop.")]
    [InlineData("a.b.")]
    public async Task Place_AboveANameOfAnotherCustomer_StopsUntilAPersonSellsItAllTheSame(string below)
    {
        var domain = OrderDesk.NewDomain();
        await Placed(below + domain, "squatter@example.com", "completed");

        var order = await Placed(domain, "owner@example.com", "needs_review");
        var reference = order.GetProperty("reference").GetString()!;
        using var pages = await _panel.SignIn("orders.view", "customers.view");
        var html = await pages.GetStringAsync($"/orders/{reference}");
        using var accepted = await _desk.Http.PostAsJsonAsync(
            $"/api/admin/orders/{reference}/resume",
            new { accept = "domain_has_names_below" }
        );

        Assert.Equal("domain_has_names_below", order.GetProperty("reasonCode").GetString());
        var reason = order.GetProperty("reason").GetString();
        Assert.Contains(below + domain, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Client Name", order.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{below}{domain}</strong> belongs to", html, StringComparison.Ordinal);
        await _desk.UntilStatus(reference, "completed");
    }

    [Theory]
    [InlineData("www.", "")]
    [InlineData("", "shop.")]
    [InlineData("", "www.")]
    public async Task Place_OfANameThatAnothersWebsiteNeeds_NamesBoth(string first, string second)
    {
        var domain = OrderDesk.NewDomain();
        await Placed(first + domain, "one@example.com", "completed");

        var order = await Placed(second + domain, "two@example.com", "needs_review");

        Assert.Equal("domain_taken", order.GetProperty("reasonCode").GetString());
        Assert.Contains(first + domain, order.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(second + domain, order.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Client Name", order.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Place_OfAChildByItsOwnCustomer_Completes()
    {
        var domain = OrderDesk.NewDomain();
        await Placed($"shop.{domain}", "one@example.com", "completed");

        await Placed(domain, "one@example.com", "completed");
    }

    [Fact]
    public async Task Place_OfANameThatMixesScripts_StopsUntilAPersonAcceptsIt()
    {
        var order = await Placed("p\u0430ypal.example", "client@example.com", "needs_review");
        var reference = order.GetProperty("reference").GetString()!;

        using var accepted = await _desk.Http.PostAsJsonAsync(
            $"/api/admin/orders/{reference}/resume",
            new { accept = "domain_mixes_scripts" }
        );

        Assert.Equal("domain_mixes_scripts", order.GetProperty("reasonCode").GetString());
        await _desk.UntilStatus(reference, "completed");
    }

    [Fact]
    public async Task Domains_Page_NamesTheDateOfTheList()
    {
        using var pages = await _panel.SignIn("domains.view");

        Assert.Contains(
            $"Public Suffix List of {OrderDesk.Suffixes.Date}",
            await pages.GetStringAsync("/domains"),
            StringComparison.Ordinal
        );
    }

    private async Task<JsonElement> Placed(string domain, string email, string status)
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var order = await _desk.Until(
            await _desk.Place(OrderDesk.Example(payment, domain, email)),
            o => o.GetProperty("status").GetString() is "completed" or "needs_review"
        );
        Assert.Equal(status, order.GetProperty("status").GetString());
        return order;
    }
}
