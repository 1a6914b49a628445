using System.Net;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Invoices;

/// <summary>The pages of invoices and subscriptions, which nobody changes anything on.</summary>
public sealed class InvoicePagesTests : IAsyncLifetime
{
    private BillingWorld _world = null!;
    private PagesClient _pages = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start(new Dictionary<string, string?> { ["Roles"] = "web" });
        _pages = await _world.Panel.SignIn("invoices.view", "subscriptions.view");
    }

    public async ValueTask DisposeAsync()
    {
        _pages.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Lists_WithoutAnything_SayWhatToDo()
    {
        Assert.Contains("No invoices yet", await _pages.GetStringAsync("/invoices"));
        Assert.Contains("No subscriptions yet", await _pages.GetStringAsync("/subscriptions"));
        Assert.Contains("No invoices match", await _pages.GetStringAsync("/invoices?status=void"));
        Assert.Contains("so it was left out", await _pages.GetStringAsync("/subscriptions?status=%3Cb%3E&cursor=x&pageSize=9999"));
    }

    [Fact]
    public async Task Invoices_OfTwoCurrencies_HaveTheirSumsOfPageAndList()
    {
        var customer = await _world.Customer("Anna");
        foreach (var total in new[] { 10m, 20m, 30m })
            await _world.Sale(customer, total);
        await _world.Sale(customer, 1500m, currency: "JPY");

        var all = await _pages.GetStringAsync("/invoices");
        var page = await _pages.GetStringAsync("/invoices?pageSize=2&sort=amount");

        Assert.Contains("60.00 USD", all);
        Assert.DoesNotContain("All 4 invoices", all);
        Assert.Contains("30.00 USD", page);
        Assert.Contains("60.00 USD", page);
        Assert.Contains("1,500 JPY", page);
        Assert.Contains("All 4 invoices", page);
        Assert.Contains("INV-2026-000004,Anna,paid,1500.000,JPY", await _pages.GetStringAsync("/invoices?handler=Csv"));
    }

    [Fact]
    public async Task Invoice_OfAHostileBuyer_IsShownAndPrinted()
    {
        var (_, id) = await _world.Sale(await _world.Customer("<img src=x onerror=alert(1)>"), 10m);

        var html = await _pages.GetStringAsync($"/invoices/{id}");
        using var pdf = await _pages.GetAsync($"/invoices/{id}?handler=Pdf");

        Assert.Contains("&lt;img src=x", html);
        Assert.DoesNotContain("<img src=x", html);
        Assert.Contains("pi_test1", html);
        // A simulator stands in for Stripe here: it has no dashboard.
        Assert.DoesNotContain("dashboard.stripe.com", html);
        Assert.Contains("No seller was set", html);
        Assert.Equal("application/pdf", pdf.Content.Headers.ContentType?.MediaType);
        Assert.Equal("INV-2026-000001.pdf", pdf.Content.Headers.ContentDisposition?.FileName);
    }

    [Theory]
    [InlineData("👨‍👩‍👧 Family", true)]
    [InlineData("محمد Müller", false)]
    public async Task Invoice_WithCharactersThatNoFontHas_SaysSo(string name, bool flagged)
    {
        var (_, id) = await _world.Sale(await _world.Customer(name));

        var html = await _pages.GetStringAsync($"/invoices/{id}");
        using var pdf = await _pages.GetAsync($"/invoices/{id}?handler=Pdf");

        Assert.Equal(flagged, html.Contains("The PDF shows empty boxes", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, pdf.StatusCode);
    }

    [Fact]
    public async Task Subscription_OfAnOrder_ShowsPlanPriceAndOrderAndNoButton()
    {
        var (id, _) = await _world.Sale(await _world.Customer("Anna"), 12.5m, domain: "theirs.example");

        var list = await _pages.GetStringAsync("/subscriptions?product=starter");
        var html = await _pages.GetStringAsync($"/subscriptions/{id}");

        Assert.Contains("theirs.example", list);
        Assert.Contains("theirs.example", await _pages.GetStringAsync("/subscriptions?handler=Csv"));
        foreach (var text in new[] { "Starter hosting", "12.50 USD", "Paid until", "/orders/ORD-" })
            Assert.Contains(text, html);
        Assert.DoesNotContain($"action=\"/subscriptions/{id}", html);
        // Tasks are shown to those who may see tasks.
        Assert.DoesNotContain("No tasks", html);
        using var seesTasks = await _world.Panel.SignIn("subscriptions.view", "provisioning.view");
        Assert.Contains("No tasks", await seesTasks.GetStringAsync($"/subscriptions/{id}"));
    }

    [Fact]
    public async Task AnyPage_OfNothingOrWithoutPermission_IsRefused()
    {
        using var nobody = await _world.Panel.SignIn("orders.view");
        foreach (var path in new[] { "/invoices/999", "/invoices/999?handler=Pdf", "/subscriptions/999", "/invoices/x" })
            Assert.Equal(HttpStatusCode.NotFound, (await _pages.GetAsync(path)).StatusCode);
        foreach (
            var path in new[]
            {
                "/invoices",
                "/invoices/999",
                "/invoices/999?handler=Pdf",
                "/invoices?handler=Csv",
                "/subscriptions",
                "/subscriptions/999",
            }
        )
            Assert.Equal(HttpStatusCode.Forbidden, (await nobody.GetAsync(path)).StatusCode);
    }
}
