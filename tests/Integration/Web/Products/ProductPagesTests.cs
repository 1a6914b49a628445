using System.Net;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Products;

public sealed class ProductPagesTests : IAsyncLifetime
{
    private BillingWorld _world = null!;
    private PagesClient _pages = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start(new Dictionary<string, string?> { ["Roles"] = "web" });
        _pages = await _world.Panel.SignIn("products.view", "products.manage", "subscriptions.view");
    }

    public async ValueTask DisposeAsync()
    {
        _pages.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task List_OfANewPanel_HasPricesAndFilters()
    {
        var html = await _pages.GetStringAsync("/products?provisions=mail");

        Assert.Contains("professional-mail", html);
        Assert.Contains("2.99 USD", html);
        Assert.DoesNotContain("wp-growth", html);
        Assert.Contains("No products match", await _pages.GetStringAsync("/products?q=nothing-like-it"));
        Assert.Contains("29.88 USD / year", await _pages.GetStringAsync("/products?handler=Csv"));
    }

    [Fact]
    public async Task New_ThenPrice_MakesAProductOnSale()
    {
        var form = new Dictionary<string, string>
        {
            ["Code"] = "Bad Code",
            ["Input.Name"] = "Pro",
            ["Input.Provisions"] = "none",
            ["Input.ServerRole"] = "web",
            ["Input.ServerTags"] = "",
            ["Input.Active"] = "true",
        };
        using var refused = await _pages.PostForm("/products/new", form);
        Assert.Contains("Must be lower-case letters", await refused.Content.ReadAsStringAsync());
        form["Code"] = "pro";

        using var created = await _pages.PostForm("/products/new", form);
        Assert.Equal("/products/pro", created.Headers.Location?.ToString());
        using var priced = await _pages.PostForm("/products/pro?handler=Price", Price("1", "year", "eur", "99.5", "true"));

        Assert.Equal(HttpStatusCode.Redirect, priced.StatusCode);
        Assert.Contains("99.50 EUR", await _pages.GetStringAsync("/products/pro"));
        Assert.Equal(
            "EUR",
            await _world.Text("select currency from product_prices pp join products p on p.id = product_id where code = 'pro'")
        );
    }

    [Fact]
    public async Task Price_SwitchedOff_KeepsItsAmountAndWhatIsSold()
    {
        var (subscription, _) = await _world.Sale(await _world.Customer("Anna"), 29.88m);

        using var answer = await _pages.PostForm("/products/starter?handler=Price", Price("1", "year", "USD", "29.88", "false"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var html = await _pages.GetStringAsync("/products/starter");
        Assert.Contains("switched off", html);
        Assert.Contains("1 subscription<", html);
        Assert.Equal(
            1,
            await _world.One("select count(*) from subscriptions where id = @subscription and unit_price = 29.88", new { subscription })
        );
    }

    [Theory]
    [InlineData("1.234", "no more decimals than USD has")]
    [InlineData("-1", "no more decimals than USD has")]
    [InlineData("1,5", "no more decimals than USD has")]
    [InlineData("\"><script>", "no more decimals than USD has")]
    public async Task Price_ThatCanNotBe_StandsBesideItsFieldAndChangesNothing(string amount, string message)
    {
        using var answer = await _pages.PostForm("/products/starter?handler=Price", Price("1", "year", "USD", amount, "true"));

        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains(message, html);
        Assert.DoesNotContain("\"><script>", html);
        Assert.Equal(0, await _world.One("select count(*) from audit_entries where action = 'product.changed'"));
    }

    [Fact]
    public async Task Edit_AfterSomebodyElse_ShowsBothVersionsAndOverwritesNothing()
    {
        using var priced = await _pages.PostForm("/products/starter?handler=Price", Price("1", "year", "USD", "40", "true"));
        var form = new Dictionary<string, string>
        {
            ["version"] = "1",
            ["Input.Name"] = "Mine",
            ["Input.Provisions"] = "hosting",
            ["Input.ServerRole"] = "web",
        };

        using var edit = await _pages.PostForm("/products/starter/edit", form);
        using var price = await _pages.PostForm("/products/starter?handler=Price", Price("1", "year", "USD", "50", "true"));

        Assert.Equal(HttpStatusCode.Conflict, edit.StatusCode);
        Assert.Contains("<td dir=\"auto\">Starter hosting</td><td dir=\"auto\">Mine</td>", await edit.Content.ReadAsStringAsync());
        var prices = await price.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Conflict, price.StatusCode);
        Assert.Contains("Somebody else changed this product meanwhile", prices);
        Assert.Contains(">40.00 USD<", prices);
        Assert.Contains("value=\"50\"", prices);
        Assert.Contains("name=\"version\" value=\"2\"", prices);
        Assert.Equal(
            "Starter hosting 40.000",
            await _world.Text(
                "select name || ' ' || amount from products p join product_prices on product_id = p.id where code = 'starter' and billing_period = 'year'"
            )
        );
    }

    [Fact]
    public async Task AnyPage_WithoutItsPermission_IsRefused()
    {
        using var viewer = await _world.Panel.SignIn("products.view");
        using var nobody = await _world.Panel.SignIn("orders.view");

        Assert.Equal(HttpStatusCode.Forbidden, (await nobody.GetAsync("/products")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/products/new")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/products/starter/edit")).StatusCode);
        using var price = await viewer.PostForm(
            "/products/starter?handler=Price",
            Price("1", "year", "USD", "1", "true"),
            page: "/products"
        );
        Assert.Equal(HttpStatusCode.Forbidden, price.StatusCode);
        Assert.DoesNotContain("handler=Price", await viewer.GetStringAsync("/products/starter"));
        Assert.Equal(HttpStatusCode.NotFound, (await viewer.GetAsync("/products/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _pages.GetAsync("/products/nothing/edit")).StatusCode);
    }

    private static Dictionary<string, string> Price(string version, string period, string currency, string amount, string active) =>
        new()
        {
            ["version"] = version,
            ["period"] = period,
            ["currency"] = currency,
            ["amount"] = amount,
            ["active"] = active,
        };
}
