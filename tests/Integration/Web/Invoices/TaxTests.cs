using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Invoices;

/// <summary>Tax on documents: to the cent the same on page, file, report and in credit notes, and none before there is a rate.</summary>
public sealed class TaxTests : IAsyncLifetime
{
    private const string Invoices = "/api/admin/invoices";
    private const string Rates = "/api/admin/tax-rates";

    private BillingWorld _world = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start(
            new Dictionary<string, string?>
            {
                ["Roles"] = "web",
                ["Invoices:Seller:Name"] = "Example GmbH",
                ["Invoices:Seller:VatId"] = "DE123456789",
            }
        );
        _client = await _world.Panel.Client("invoices.view", "invoices.manage");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Invoice_WithoutARate_SaysNothingOfTax()
    {
        var id = await Issued(await Customer("DE"), 119m);

        Assert.Equal("119.000 0.000 119.000", await Text("select net || ' ' || tax || ' ' || total from invoices"));
        Assert.Equal(0, await _world.One("select count(*) from invoice_taxes"));
        using var pages = await _world.Panel.SignIn("invoices.view");
        Assert.DoesNotContain("Net", await pages.GetStringAsync($"/invoices/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoice_ByBuyer_HasTheTaxThatIsOwed()
    {
        await Rate("DE", 19m);
        await Rate("AT", 20m);
        var exempt = await Customer("DE");
        await _world.One("update customers set tax_exempt_reason = 'A charity' where id = @exempt returning id", new { exempt });

        foreach (
            var (customer, expected) in new[]
            {
                (await Customer("DE"), "S 19.000 100.840 19.160 120.000"),
                (await Customer("AT"), "S 20.000 100.000 20.000 120.000"),
                (await Customer("FR"), "S 19.000 100.840 19.160 120.000"),
                (await Customer("US"), "O 0.000 120.000 0.000 120.000"),
                (await Customer("AT", "ATU12345678"), "AE 0.000 120.000 0.000 120.000"),
                (await Customer("AT", "ATU1234567"), "S 20.000 100.000 20.000 120.000"),
                (exempt, "E 0.000 120.000 0.000 120.000"),
            }
        )
        {
            var id = await Issued(customer, 120m);
            Assert.Equal(
                expected,
                await Text(
                    """
                    select concat_ws(' ', t.category, t.rate, i.net, i.tax, i.total) from invoices i join invoice_taxes t on t.invoice_id = i.id
                    where i.id = @id and t.net = i.net and t.tax = i.tax
                      and not exists (select from invoice_lines l where l.invoice_id = i.id and (l.tax_category, l.tax_rate) <> (t.category, t.rate))
                    """,
                    new { id }
                )
            );
        }
        Assert.StartsWith(
            "Reverse charge",
            await Text("select max(tax_note) from invoices where buyer_vat_id = 'ATU12345678'"),
            StringComparison.Ordinal
        );
        Assert.Equal("Exempt from tax: A charity", await Text("select min(tax_note) from invoices"));
    }

    [Fact]
    public async Task CreditNotes_OfAnInvoice_ShareItsTaxToTheCent()
    {
        await Rate("DE", 19m);
        var id = await Issued(await Customer("DE"), 100m);

        foreach (var part in new[] { 33.33m, 33.33m, 0.01m, 33.33m })
            await Post($"{Invoices}/{id}/credit", new { amount = part, reason = "A part" });

        Assert.Equal(
            "84.030 15.970 100.000",
            await Text("select sum(net) || ' ' || sum(tax) || ' ' || sum(total) from credit_notes where net + tax = total and tax >= 0")
        );
        var report = await _client.Json($"/api/admin/tax-report?from=2000-01-01&to=2190-01-01");
        var row = Assert.Single(report.GetProperty("rows").EnumerateArray());
        Assert.Equal(
            (0m, 0m, 0m, 1, 4),
            (
                row.GetProperty("net").GetDecimal(),
                row.GetProperty("tax").GetDecimal(),
                row.GetProperty("gross").GetDecimal(),
                row.GetProperty("invoices").GetInt32(),
                row.GetProperty("creditNotes").GetInt32()
            )
        );
    }

    [Fact]
    public async Task Sums_OnPageReportAndFile_AreTheSame()
    {
        await Rate("DE", 19m);
        var id = await Issued(await Customer("DE"), 45.82m);
        await Post($"{Invoices}/{id}/credit", new { amount = 5.82m, reason = "A part" });
        using var pages = await _world.Panel.SignIn("invoices.view");

        var page = await pages.GetStringAsync($"/invoices/{id}");
        foreach (var said in new[] { "38.50", "Tax 19%", "7.32", "45.82" })
            Assert.Contains(said, page, StringComparison.Ordinal);
        var note = await _world.One("select id from credit_notes");
        var credit = await pages.GetStringAsync($"/credit-notes/{note}");
        foreach (var said in new[] { "4.89", "0.93", "5.82" })
            Assert.Contains(said, credit, StringComparison.Ordinal);
        var report = await pages.GetStringAsync("/tax-rates/report");
        foreach (var said in new[] { "33.61", "6.39", "40.00" })
            Assert.Contains(said, report, StringComparison.Ordinal);
        Assert.Contains(
            "DE,S,19.000,USD,33.610,6.390,40.000,1,1",
            await pages.GetStringAsync("/tax-rates/report?handler=Csv"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "These days",
            await pages.GetStringAsync("/tax-rates/report?from=2026-02-01&to=2026-01-01"),
            StringComparison.Ordinal
        );
        Assert.Contains("38.50", await Text("select net::text from invoices"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draft_WhoseTaxIsAnotherByNow_IsShownAgainBeforeItIsIssued()
    {
        await Rate("DE", 19m);
        var customer = await Customer("DE");
        var id = await Draft(customer, 119m);
        await _world.One("update customers set country = 'US' where id = @customer returning id", new { customer });

        using var first = await _client.PostAsJsonAsync($"{Invoices}/{id}/issue", new { version = 1 });
        Assert.Equal(HttpStatusCode.Conflict, first.StatusCode);
        Assert.Equal("draft 119.000 0.000 2", await Text("select concat_ws(' ', status, net, tax, version) from invoices"));
        await Post($"{Invoices}/{id}/issue", new { version = 2 });

        Assert.Equal("open 119.000 0.000", await Text("select concat_ws(' ', status, net, tax) from invoices"));
    }

    [Fact]
    public async Task Rate_ThatOverlapsAnother_IsRefusedUntilThatOneEnds()
    {
        var first = await Rate("DE", 19m, "2026-01-01");
        using var overlap = await _client.PostAsJsonAsync(
            Rates,
            new
            {
                country = "DE",
                percent = 20m,
                from = "2027-01-01",
            }
        );
        Assert.Equal(HttpStatusCode.Conflict, overlap.StatusCode);

        await Post($"{Rates}/{first}/end", new { until = "2026-12-31" });
        using var later = await _client.PostAsJsonAsync($"{Rates}/{first}/end", new { until = "2027-12-31" });
        Assert.Equal(HttpStatusCode.BadRequest, later.StatusCode);
        var second = await Rate("DE", 20m, "2027-01-01");

        var list = await _client.Json($"{Rates}?country=de&sort=-from");
        Assert.Equal([$"{second}", $"{first}"], list.Items("id"));
        Assert.Equal("2026-12-31", list.GetProperty("items")[1].GetProperty("until").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync($"{Rates}/{second}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.DeleteAsync($"{Rates}/{second}")).StatusCode);
        Assert.Equal(4, await _world.One("select count(*) from audit_entries where action like 'tax_rate.%'"));
    }

    [Fact]
    public async Task Pages_OfRates_AddEndAndTakeAway()
    {
        using var pages = await _world.Panel.SignIn("invoices.view", "invoices.manage");
        await pages.PostForm(
            "/tax-rates?handler=Create",
            new Dictionary<string, string>
            {
                ["country"] = "DE",
                ["category"] = "S",
                ["percent"] = "19",
                ["from"] = "2026-01-01",
                ["until"] = "",
            }
        );
        var id = await _world.One("select id from tax_rates where upper_inf(valid) and percent = 19");
        Assert.Contains("Germany", await pages.GetStringAsync("/tax-rates"), StringComparison.Ordinal);
        await pages.PostForm("/tax-rates?handler=End", new Dictionary<string, string> { ["id"] = $"{id}", ["until"] = "2026-06-30" });
        Assert.Contains(
            "DE,S,19.000,2026-01-01,2026-06-30",
            await pages.GetStringAsync("/tax-rates?handler=Csv"),
            StringComparison.Ordinal
        );
        await pages.PostForm("/tax-rates?handler=Delete", new Dictionary<string, string> { ["id"] = $"{id}" });
        Assert.Equal(0, await _world.One("select count(*) from tax_rates"));
    }

    [Fact]
    public async Task AnyRoute_BadlyAsked_Answers400Or404Or403()
    {
        using var viewer = await _world.Panel.Client("invoices.view");
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync(Rates, new { })).StatusCode);
        using var wrong = await _client.PostAsJsonAsync(
            Rates,
            new
            {
                country = "XX",
                category = "Q",
                percent = -1m,
            }
        );
        Assert.Equal(
            ["country: invalid_country", "category: invalid_category", "percent: invalid_percent", "from: invalid_day"],
            (await wrong.Json(HttpStatusCode.BadRequest)).Faults()
        );
        Assert.Equal(HttpStatusCode.NotFound, (await _client.PostAsJsonAsync($"{Rates}/999/end", new { until = "2026-01-01" })).StatusCode);
        foreach (
            var query in new[]
            {
                "",
                "?from=2026-01-01",
                "?from=x&to=y",
                "?from=2026-02-01&to=2026-01-01",
                "?from=2026-01-01&to=9999-12-31",
            }
        )
            Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync($"/api/admin/tax-report{query}")).StatusCode);
    }

    private Task<long> Customer(string country, string? vatId = null) =>
        _world.One(
            """
            insert into customers (email, normalized_email, name, country, vat_id)
            select e, e, 'Anna', @country, @vatId from (select gen_random_uuid() || '@example.com' as e) m returning id
            """,
            new { country, vatId }
        );

    private async Task<long> Rate(string country, decimal percent, string from = "2026-01-01")
    {
        using var answer = await _client.PostAsJsonAsync(
            Rates,
            new
            {
                country,
                percent,
                from,
            }
        );
        return (await answer.Json(HttpStatusCode.Created)).GetProperty("id").GetInt64();
    }

    private async Task<long> Draft(long customer, decimal price)
    {
        using var answer = await _client.PostAsJsonAsync(
            Invoices,
            new
            {
                customerId = customer,
                lines = new object[]
                {
                    new
                    {
                        description = "Work",
                        quantity = 1,
                        unitPrice = price,
                    },
                },
            }
        );
        return (await answer.Json(HttpStatusCode.Created)).GetProperty("invoice").GetProperty("id").GetInt64();
    }

    private async Task<long> Issued(long customer, decimal price)
    {
        var id = await Draft(customer, price);
        await Post($"{Invoices}/{id}/issue", new { });
        return id;
    }

    private async Task<JsonElement> Post(string path, object body)
    {
        using var answer = await _client.PostAsJsonAsync(path, body);
        return await answer.Json(HttpStatusCode.OK);
    }

    private Task<string?> Text(string sql, object? parameters = null) => _world.Text(sql, parameters);
}
