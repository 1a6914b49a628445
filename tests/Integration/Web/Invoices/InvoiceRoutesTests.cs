using System.Net;
using System.Text;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Invoices;

public sealed class InvoiceRoutesTests : IAsyncLifetime
{
    private const string Invoices = "/api/admin/invoices";

    private BillingWorld _world = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start(new Dictionary<string, string?> { ["Stripe:BaseUrl"] = "https://api.stripe.com" });
        _client = await _world.Panel.Client("invoices.view");
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task List_WithoutInvoices_IsEmpty() => Assert.Empty((await _client.Json(Invoices)).Items("id"));

    [Fact]
    public async Task List_ByEachFilter_HasThoseOnlyAndCountsThem()
    {
        var anna = await _world.Customer("Anna", "Anna@example.com");
        var bob = await _world.Customer("Bob", "bob@example.com");
        var june = DateTimeOffset.Parse("2026-06-01T12:00:00Z", null);
        var (_, first) = await _world.Sale(anna, 10m, at: june);
        var (_, second) = await _world.Sale(bob, 5m, at: june.AddDays(1));
        await _world.One($"{Transitions.Free}; select 0");
        await _world.One(
            "update invoices set status = 'refunded', settled = 0, credited = total where id = @second returning id",
            new { second }
        );

        foreach (
            var (query, expected) in new[]
            {
                ("?status=refunded", second),
                ("?status=paid", first),
                ($"?customer={anna}", first),
                ("?from=2026-06-02", second),
                ("?to=2026-06-01", first),
                ("?from=2026-06-01&to=2026-06-01", first),
                ("?q=inv-2026-000002", second),
                ("?q=2", second),
                ("?q=000001", first),
                ("?q=ANNA@example.com", first),
            }
        )
        {
            var page = await _client.Json(Invoices + query);
            Assert.Equal((query, $"{expected}", 1L), (query, string.Join(',', page.Items("id")), page.GetProperty("total").GetInt64()));
        }
        Assert.Empty((await _client.Json($"{Invoices}?q=99999999999")).Items("id"));
        Assert.Equal([$"{second}", $"{first}"], (await _client.Json(Invoices)).Items("id"));
        Assert.Equal([$"{second}", $"{first}"], (await _client.Json($"{Invoices}?sort=amount")).Items("id"));
        Assert.Equal([$"{first}", $"{second}"], (await _client.Json($"{Invoices}?sort=number")).Items("id"));
    }

    [Theory]
    [InlineData("amount")]
    [InlineData("-amount")]
    [InlineData("number")]
    [InlineData("-issued")]
    public async Task List_ByCursor_ShowsEveryInvoiceOnceInEveryOrder(string sort)
    {
        var customer = await _world.Customer("Anna");
        var at = DateTimeOffset.UtcNow;
        for (var i = 0; i < 5; i++)
            await _world.Sale(customer, i % 2 + 1.125m, currency: "KWD", at: at.AddSeconds(i / 2));

        var seen = new List<string?>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await _client.Json($"{Invoices}?sort={sort}&pageSize=2&cursor={cursor}");
            seen.AddRange(page.Items("id"));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public async Task One_PaidInTestMode_LinksToStripesTestDashboard()
    {
        var (_, id) = await _world.Sale(await _world.Customer("Anna"));

        var invoice = await _client.Json($"{Invoices}/{id}");

        Assert.Equal(
            "https://dashboard.stripe.com/test/payments/pi_test1",
            invoice.GetProperty("invoice").GetProperty("stripeUrl").GetString()
        );
        Assert.Equal("Anna", invoice.GetProperty("buyer").GetProperty("name").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, invoice.GetProperty("seller").ValueKind);
        Assert.Equal(1, invoice.GetProperty("lines").GetArrayLength());
    }

    [Fact]
    public async Task Pdf_OfAnInvoice_IsAFileNamedLikeIt()
    {
        var (_, id) = await _world.Sale(await _world.Customer("Анна <b>"));

        using var answer = await _client.GetAsync($"{Invoices}/{id}/pdf");

        Assert.Equal("application/pdf", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("INV-2026-000001.pdf", answer.Content.Headers.ContentDisposition?.FileName);
        Assert.StartsWith("%PDF-", Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task AnyRoute_BadlyAsked_Answers400Or404Or403()
    {
        using var stranger = await _world.Panel.Client("customers.view");
        foreach (var path in new[] { "", "/999", "/999/pdf" })
            Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync(Invoices + path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"{Invoices}/999")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"{Invoices}/999/pdf")).StatusCode);
        using var wrong = await _client.GetAsync($"{Invoices}?status=gone&from=x&customer=me&sort=paid&q=a&q=b");
        Assert.Equal(
            ["sort: invalid_sort", "q: given_twice", "status: invalid_filter", "customer: invalid_filter", "from: invalid_filter"],
            (await wrong.Json(HttpStatusCode.BadRequest)).Faults()
        );
    }
}
