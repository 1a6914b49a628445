using System.Net;
using System.Net.Http.Json;
using MPanel.Tests.Integration.Web.Invoices;

namespace MPanel.Tests.Integration.Web.Customers;

public sealed class CustomerPagesTests : IAsyncLifetime
{
    private const string Hostile = "<script>alert('x')</script>";
    private const string Encoded = "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;";

    private BillingWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await BillingWorld.Start(new Dictionary<string, string?> { ["Roles"] = "web" });

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task List_WithoutCustomers_SaysWhatToDo()
    {
        using var pages = await _world.Panel.SignIn("customers.view", "customers.manage");

        var html = await pages.GetStringAsync("/admin/customers");

        Assert.Contains("No customers yet", html);
        Assert.Contains("href=\"/admin/customers/new\"", html);
    }

    [Fact]
    public async Task List_OfHostileNames_ShowsThemAsText()
    {
        await _world.Customer(Hostile);
        using var pages = await _world.Panel.SignIn("customers.view");

        var html = await pages.GetStringAsync("/admin/customers?sort=nothing&cursor=%22&q=script&country=<b>");

        Assert.Contains("so it was left out", html);
        Assert.DoesNotContain(Hostile, html);
        Assert.DoesNotContain("<b>", html);
        Assert.Contains(Encoded, await pages.GetStringAsync("/admin/customers"));
    }

    [Fact]
    public async Task Csv_OfHostileNames_RunsNoFormula()
    {
        await _world.Sale(await _world.Customer("=1+1"), 10m);
        await _world.Customer("\uFF1D2+2");
        await _world.Customer("Anna;=3+3");
        await _world.Customer("Berta|-4+4");
        await _world.Customer("Carla; \uFF0B5+5");
        using var pages = await _world.Panel.SignIn("customers.view", "invoices.view");

        var csv = await pages.GetStringAsync("/admin/customers?handler=Csv");

        Assert.Contains("'=1+1", csv);
        Assert.Contains("'\uFF1D2+2", csv);
        // Also where the spreadsheet separates by something else than commas.
        Assert.Contains("\"Anna;'=3+3\"", csv);
        Assert.Contains("\"Berta|'-4+4\"", csv);
        Assert.Contains("\"Carla; '\uFF0B5+5\"", csv);
        Assert.Contains("10.00 USD", csv);
    }

    [Fact]
    public async Task Money_OfCustomers_IsForThoseWhoMaySeeInvoices()
    {
        var anna = await _world.Customer("Anna");
        await _world.Sale(anna, 12.5m);
        using var some = await _world.Panel.SignIn("customers.view");
        using var all = await _world.Panel.SignIn("customers.view", "invoices.view");
        using var someKey = await _world.Panel.Client("customers.view");
        using var allKey = await _world.Panel.Client("customers.view", "invoices.view");

        foreach (var path in new[] { "/admin/customers", "/admin/customers?handler=Csv", $"/admin/customers/{anna}" })
        {
            Assert.DoesNotContain("12.50 USD", await some.GetStringAsync(path));
            Assert.Contains("12.50 USD", await all.GetStringAsync(path));
        }
        foreach (var path in new[] { "/api/admin/customers", $"/api/admin/customers/{anna}" })
        {
            Assert.Contains("\"paid\":[]", await someKey.GetStringAsync(path));
            Assert.Contains("\"amount\":12.5", await allKey.GetStringAsync(path));
        }
    }

    [Fact]
    public async Task Details_OfACustomer_HasWhatIsTheirsAsFarAsOneMaySee()
    {
        var anna = await _world.Customer(Hostile);
        await _world.Sale(anna, 12.5m, domain: "theirs.example");
        using var all = await _world.Panel.SignIn(
            "customers.view",
            "subscriptions.view",
            "invoices.view",
            "orders.view",
            "websites.view",
            "domains.view"
        );
        using var some = await _world.Panel.SignIn("customers.view");

        var everything = await all.GetStringAsync($"/admin/customers/{anna}");
        var little = await some.GetStringAsync($"/admin/customers/{anna}");

        foreach (var text in new[] { Encoded, "12.50 USD", "theirs.example", "INV-2026-000001", "ORD-", "Starter hosting" })
            Assert.Contains(text, everything);
        Assert.DoesNotContain(Hostile, everything);
        Assert.DoesNotContain("12.50 USD", little);
        Assert.DoesNotContain("theirs.example", little);
        Assert.DoesNotContain("/edit", little);
        Assert.Equal(HttpStatusCode.NotFound, (await all.GetAsync("/admin/customers/999")).StatusCode);
    }

    [Fact]
    public async Task New_WithFaults_ShowsThemAllAtTheirFieldsThenCreates()
    {
        using var pages = await _world.Panel.SignIn("customers.view", "customers.manage");
        var form = new Dictionary<string, string>
        {
            ["Input.Name"] = "",
            ["Input.Email"] = "x",
            ["Input.VatId"] = "?",
            ["Input.Country"] = "DE",
        };

        using var refused = await pages.PostForm("/admin/customers/new", form);
        var html = await refused.Content.ReadAsStringAsync();
        (form["Input.Name"], form["Input.Email"], form["Input.VatId"]) = ("Anna", "anna@example.com", "");
        using var created = await pages.PostForm("/admin/customers/new", form);

        Assert.Equal(3, html.Split("is-invalid").Length - 1);
        Assert.Contains("<option value=\"DE\" selected=\"selected\">", html);
        Assert.Equal(HttpStatusCode.Redirect, created.StatusCode);
        Assert.Equal("Anna DE", await _world.Text("select name || ' ' || country from customers"));
        Assert.Contains("The customer was created.", await pages.GetStringAsync(created.Headers.Location));
    }

    [Fact]
    public async Task Edit_AfterSomebodyElse_ShowsBothVersionsAndOverwritesNothing()
    {
        var id = await _world.Customer("Anna", "anna@example.com");
        using var pages = await _world.Panel.SignIn("customers.view", "customers.manage");
        using var api = await _world.Panel.Client("customers.manage");
        var form = new Dictionary<string, string>
        {
            ["version"] = "1",
            ["Input.Name"] = "Mine",
            ["Input.Email"] = "anna@example.com",
        };
        await api.PatchAsJsonAsync($"/api/admin/customers/{id}", new { version = 1, name = "Theirs" });

        using var conflict = await pages.PostForm($"/admin/customers/{id}/edit", form);
        var html = await conflict.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        Assert.Contains("<td dir=\"auto\">Theirs</td><td dir=\"auto\">Mine</td>", html);
        Assert.Contains("name=\"version\" value=\"2\"", html);
        Assert.Equal("Theirs", await _world.Text("select name from customers"));
        form["version"] = "2";
        using var saved = await pages.PostForm($"/admin/customers/{id}/edit", form);
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Equal("Mine", await _world.Text("select name from customers"));
    }

    [Fact]
    public async Task Note_WithHostileText_StandsThereAsText()
    {
        var id = await _world.Customer("Anna");
        using var pages = await _world.Panel.SignIn("customers.view", "customers.manage");

        using var added = await pages.PostForm(
            $"/admin/customers/{id}?handler=Note",
            new Dictionary<string, string> { ["Note"] = Hostile }
        );
        using var empty = await pages.PostForm($"/admin/customers/{id}?handler=Note", new Dictionary<string, string> { ["Note"] = " " });

        Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
        Assert.Contains(Encoded, await pages.GetStringAsync($"/admin/customers/{id}"));
        Assert.Contains("Must be 1 to 4000 visible characters.", await empty.Content.ReadAsStringAsync());
        Assert.Equal(1, await _world.One("select count(*) from customer_notes"));
    }

    [Fact]
    public async Task AnyForm_WithoutThePermissionOrItsToken_IsRefused()
    {
        var id = await _world.Customer("Anna", "anna@example.com");
        using var viewer = await _world.Panel.SignIn("customers.view");
        using var manager = await _world.Panel.SignIn("customers.view", "customers.manage");
        using var nobody = await _world.Panel.SignIn("orders.view");
        var form = new Dictionary<string, string>
        {
            ["version"] = "1",
            ["Input.Name"] = "X",
            ["Input.Email"] = "x@example.com",
            ["Note"] = "X",
        };

        Assert.Equal(HttpStatusCode.Forbidden, (await nobody.GetAsync("/admin/customers")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync($"/admin/customers/{id}/edit")).StatusCode);
        foreach (var path in new[] { "/admin/customers/new", $"/admin/customers/{id}/edit", $"/admin/customers/{id}?handler=Note" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostForm(path, form, page: "/admin/customers")).StatusCode);
            using var content = new FormUrlEncodedContent(form);
            Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostAsync(path, content)).StatusCode);
        }
        Assert.Equal("Anna", await _world.Text("select string_agg(name, ',') from customers"));
        Assert.Equal(0, await _world.One("select count(*) from customer_notes"));
    }
}
