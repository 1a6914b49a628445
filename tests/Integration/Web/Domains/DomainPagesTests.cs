using System.Net;
using System.Text.RegularExpressions;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Domains;

public sealed class DomainPagesTests(DomainRoutesTests.Desk desk) : IClassFixture<DomainRoutesTests.Desk>, IAsyncLifetime
{
    private PagesClient _pages = null!;

    public async ValueTask InitializeAsync() => _pages = await desk.Server.SignIn("domains.view", "domains.manage", "subscriptions.view");

    public ValueTask DisposeAsync()
    {
        _pages.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Add_FilledIn_KeepsTheDomain_AndShowsItBothWays()
    {
        var name = $"käse-{OrderDesk.NewDomain()}";

        using var answer = await Add(name, "Ann@Example.NET");
        var html = WebUtility.HtmlDecode(await _pages.GetStringAsync(answer.Headers.Location));
        var list = WebUtility.HtmlDecode(await _pages.GetStringAsync($"/domains?q={Uri.EscapeDataString(name)}"));
        var csv = await _pages.GetStringAsync($"/domains?handler=Csv&q={Uri.EscapeDataString(name)}");

        Assert.Contains("belongs to ann now", html, StringComparison.Ordinal);
        Assert.Contains(name, html, StringComparison.Ordinal);
        Assert.Contains("(xn--", html, StringComparison.Ordinal);
        Assert.Contains(name, list, StringComparison.Ordinal);
        Assert.Contains($",{name},unmanaged,ann,", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_FilledInWrongly_ShowsEveryMistake()
    {
        using var answer = await Add("<script>.example", "nobody@example.net");
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(2, Regex.Count(html, "aria-invalid=\"true\""));
        Assert.Contains("No customer has this e-mail address", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;.example", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("our-own.example", "is reserved")]
    [InlineData("taken.example", "is there already")]
    [InlineData("shop.taken.example", "belongs to another customer")]
    public async Task Add_OfWhatCantBeHad_SaysWhy(string name, string why)
    {
        await desk.World.Execute(
            "insert into domains (name, customer_id) values ('taken.example', @Ben) on conflict do nothing",
            new { desk.Ben }
        );

        using var answer = await Add(name, "ann@example.net");

        Assert.Contains(why, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_AfterSomebodyElse_ShowsBothVersions()
    {
        var id = await Domain();
        using var first = await Change(id, "ben@example.net", 1);

        using var second = await Change(id, "ann@example.net", 1);
        var html = await second.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Contains("Somebody else changed this domain meanwhile", html, StringComparison.Ordinal);
        Assert.Matches("<td dir=\"auto\">ben@example.net</td>\\s*<td dir=\"auto\">ann@example.net</td>", html);
        Assert.Contains("name=\"Version\" value=\"2\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_UnderAWebsite_OfferNoOtherCustomer_AndOpenTheSite()
    {
        var order = await desk.World.Order(OrderDesk.NewDomain());
        await desk.World.Website(order, null);
        var id = await desk.World.Scalar<long>("select id from domains where name = @Domain", new { order.Domain });

        var html = await _pages.GetStringAsync($"/domains/{id}");
        using var answer = await Change(id, "ann@example.net", 1);

        Assert.Contains("it stays with its customer", html, StringComparison.Ordinal);
        Assert.Contains($"href=\"http://{order.Domain}/\" target=\"_blank\" rel=\"noopener noreferrer\"", html, StringComparison.Ordinal);
        Assert.Contains("Something lives on", await _pages.GetStringAsync(answer.Headers.Location), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForWhoMayOnlyView_NothingIsOffered_AndFormsAreRefused()
    {
        var id = await Domain();
        using var viewer = await desk.Server.SignIn("domains.view");

        var html = await viewer.GetStringAsync($"/domains/{id}");
        using var form = await viewer.GetAsync("/domains/new");
        using var added = await viewer.PostForm("/domains/new", page: "/domains");
        using var changed = await viewer.PostForm(
            $"/domains/{id}",
            new Dictionary<string, string> { ["Customer"] = "ben@example.net", ["Version"] = "1" }
        );

        Assert.DoesNotContain("data-guard", html, StringComparison.Ordinal);
        Assert.All([form, added, changed], a => Assert.Equal(HttpStatusCode.Forbidden, a.StatusCode));
        Assert.Equal(desk.Ann, await desk.World.Scalar<long>("select customer_id from domains where id = @id", new { id }));
    }

    [Fact]
    public async Task OfNoDomain_Answers404()
    {
        using var answer = await _pages.GetAsync("/domains/999999");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private Task<HttpResponseMessage> Add(string name, string customer) =>
        _pages.PostForm("/domains/new", new Dictionary<string, string> { ["Name"] = name, ["Customer"] = customer });

    private Task<HttpResponseMessage> Change(long id, string customer, int version) =>
        _pages.PostForm($"/domains/{id}", new Dictionary<string, string> { ["Customer"] = customer, ["Version"] = $"{version}" });

    private Task<long> Domain() =>
        desk.World.Scalar<long>(
            "insert into domains (name, customer_id) values (@name, @Ann) returning id",
            new { name = OrderDesk.NewDomain(), desk.Ann }
        );
}
