using System.Net;
using System.Net.Http.Json;
using MPanel.Tests.Integration.Web.Invoices;

namespace MPanel.Tests.Integration.Web.Customers;

public sealed class CustomerRoutesTests : IAsyncLifetime
{
    private const string Customers = "/api/admin/customers";

    private BillingWorld _world = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start();
        _client = await _world.Panel.Client("customers.view", "customers.manage", "subscriptions.view", "invoices.view");
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task List_WithoutCustomers_IsEmpty()
    {
        var page = await _client.Json(Customers);

        Assert.Empty(page.Items("id"));
        Assert.Equal(0, page.GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("anna", "Anna Smith")]
    [InlineData("SMITH@", "Anna Smith")]
    [InlineData("an", "Anna Smith")]
    [InlineData("sm", "Anna Smith")]
    [InlineData("%", "100% Hosting")]
    [InlineData("_", null)]
    [InlineData("na smi", "Anna Smith")]
    [InlineData("it", null)]
    public async Task List_ByQuery_FindsWordsByTheirBeginningAndAnythingLonger(string q, string? found)
    {
        await _world.Customer("Anna Smith", "a.smith@example.com");
        await _world.Customer("100% Hosting", "hello@example.net");
        await _world.Customer("Bob", "bob@example.org");

        // A percent sign alone is no wildcard: it stands in one name, at the end of a word.
        var page = await _client.Json($"{Customers}?q={Uri.EscapeDataString(q == "%" ? "00%" : q)}");

        Assert.Equal(found is null ? [] : [found], page.Items("name"));
    }

    [Fact]
    public async Task List_SortedByName_GoesForthAndBackByCursor()
    {
        foreach (var name in new[] { "Dora", "Anna", "Carl", "Bob", "Bob" })
            await _world.Customer(name);

        var first = await _client.Json($"{Customers}?sort=name&pageSize=2");
        var second = await _client.Json($"{Customers}?sort=name&pageSize=2&cursor={first.GetProperty("next").GetString()}");
        var back = await _client.Json($"{Customers}?sort=name&pageSize=2&cursor={second.GetProperty("previous").GetString()}");

        Assert.Equal(["Anna", "Bob"], first.Items("name"));
        Assert.Equal(["Bob", "Carl"], second.Items("name"));
        Assert.Equal(first.Items("id"), back.Items("id"));
        Assert.Equal(5, first.GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task List_ByDays_HasThoseCreatedOnThem()
    {
        await _world.Customer("Before", created: DateTimeOffset.Parse("2026-03-01T23:59:59Z", null));
        await _world.Customer("On", created: DateTimeOffset.Parse("2026-03-02T00:00:00Z", null));
        await _world.Customer("Late", created: DateTimeOffset.Parse("2026-03-03T23:59:59Z", null));
        await _world.Customer("After", created: DateTimeOffset.Parse("2026-03-04T00:00:00Z", null));

        var page = await _client.Json($"{Customers}?from=2026-03-02&to=2026-03-03&sort=created");

        Assert.Equal(["On", "Late"], page.Items("name"));
        Assert.Empty((await _client.Json($"{Customers}?from=9999-12-31&to=9999-12-31")).Items("name"));
        Assert.Equal(4, (await _client.Json($"{Customers}?from=0001-01-01&to=9999-12-31")).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task List_OfPayingCustomers_HasSumsByCurrency()
    {
        var payer = await _world.Customer("Payer");
        await _world.Sale(payer, 10m);
        await _world.Sale(payer, 5m, status: "cancelled");
        await _world.Sale(payer, 1500m, currency: "JPY");

        var row = (await _client.Json(Customers)).GetProperty("items")[0];

        Assert.Equal(
            [("JPY", 1500m, 1L), ("USD", 15m, 2L)],
            row.GetProperty("paid")
                .EnumerateArray()
                .Select(p =>
                    (p.GetProperty("currency").GetString()!, p.GetProperty("amount").GetDecimal(), p.GetProperty("count").GetInt64())
                )
        );
        Assert.Equal(2, row.GetProperty("activeSubscriptions").GetInt64());
    }

    [Fact]
    public async Task Create_OfAGoodCustomer_Returns201AndIsAudited()
    {
        using var answer = await _client.PostAsJsonAsync(
            Customers,
            new
            {
                name = " Łucja Ćwik ",
                email = "Lucja@Example.COM",
                vatId = "pl 123",
                billingAddress = "ul. Długa 1\r\n\r\n 00-001 Warszawa ",
                country = "pl",
            }
        );

        var created = await answer.Json(HttpStatusCode.Created);
        Assert.Equal("Łucja Ćwik", created.GetProperty("name").GetString());
        Assert.Equal("Lucja@example.com", created.GetProperty("email").GetString());
        Assert.Equal("PL 123", created.GetProperty("vatId").GetString());
        Assert.Equal("ul. Długa 1\n00-001 Warszawa", created.GetProperty("billingAddress").GetString());
        Assert.Equal("PL", created.GetProperty("country").GetString());
        var id = created.GetProperty("id").GetInt64();
        Assert.Equal(
            "Łucja Ćwik",
            await _world.Text(
                "select after ->> 'name' from audit_entries where action = 'customer.created' and subject = @subject",
                new { subject = $"customer {id}" }
            )
        );
    }

    [Fact]
    public async Task Create_OfABadCustomer_NamesEveryFaultAndCreatesNothing()
    {
        using var answer = await _client.PostAsJsonAsync(
            Customers,
            new
            {
                name = "a\u202eb",
                email = "nobody",
                companyName = new string('x', 201),
                vatId = "<b>",
                phone = "call me",
                billingAddress = string.Join('\n', Enumerable.Repeat("line", 7)),
                country = "XX",
            }
        );

        Assert.Equal(
            [
                "name: invalid_name",
                "email: invalid_email",
                "companyName: invalid_company_name",
                "vatId: invalid_vat_id",
                "phone: invalid_phone",
                "billingAddress: invalid_billing_address",
                "country: invalid_country",
            ],
            (await answer.Json(HttpStatusCode.BadRequest)).Faults()
        );
        Assert.Equal(0, await _world.One("select count(*) from customers"));
    }

    [Fact]
    public async Task Create_WithSomebodysAddress_SaysSo()
    {
        await _world.Customer("First", "same@example.com");

        using var answer = await _client.PostAsJsonAsync(Customers, new { name = "Second", email = "SAME@example.com" });

        Assert.Equal(["email: email_taken"], (await answer.Json(HttpStatusCode.BadRequest)).Faults());
        Assert.Equal(1, await _world.One("select count(*) from customers"));
    }

    [Fact]
    public async Task Change_OfSomeFields_LeavesTheOthersAndIsAudited()
    {
        var id = await _world.Customer("Anna", "anna@example.com");
        await _client.PatchAsJsonAsync(
            $"{Customers}/{id}",
            new
            {
                version = 1,
                phone = "+49 30 1234",
                country = "DE",
            }
        );

        using var answer = await _client.PatchAsJsonAsync(
            $"{Customers}/{id}",
            new
            {
                version = 2,
                name = "Anne",
                phone = "",
            }
        );

        var changed = await answer.Json(HttpStatusCode.OK);
        Assert.Equal(
            "Anne anna@example.com DE",
            $"{changed.GetProperty("name")} {changed.GetProperty("email")} {changed.GetProperty("country")}"
        );
        Assert.Equal(System.Text.Json.JsonValueKind.Null, changed.GetProperty("phone").ValueKind);
        Assert.Equal(3, changed.GetProperty("version").GetInt32());
        Assert.Equal(
            "Anna Anne",
            await _world.Text(
                "select before ->> 'name' || ' ' || (after ->> 'name') from audit_entries where action = 'customer.changed' order by id desc limit 1"
            )
        );
    }

    [Fact]
    public async Task Change_OfAnOlderVersion_Returns409AndChangesNothing()
    {
        var id = await _world.Customer("Anna");
        await _client.PatchAsJsonAsync($"{Customers}/{id}", new { version = 1, name = "Anne" });

        using var answer = await _client.PatchAsJsonAsync($"{Customers}/{id}", new { version = 1, name = "Ann" });

        Assert.Equal("conflict", (await answer.Json(HttpStatusCode.Conflict)).GetProperty("code").GetString());
        Assert.Equal("Anne", await _world.Text("select name from customers"));
        Assert.Equal(1, await _world.One("select count(*) from audit_entries where action = 'customer.changed'"));
    }

    [Fact]
    public async Task Change_ByTwoAtOnce_SucceedsForOne()
    {
        var id = await _world.Customer("Anna");

        var answers = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(i => _client.PatchAsJsonAsync($"{Customers}/{id}", new { version = 1, name = $"Anna {i}" }))
        );

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(2, await _world.One("select version from customers"));
    }

    [Fact]
    public async Task Change_ToSomebodysAddress_SaysSoAndChangesNothing()
    {
        await _world.Customer("First", "same@example.com");
        var id = await _world.Customer("Second", "second@example.com");

        using var answer = await _client.PatchAsJsonAsync(
            $"{Customers}/{id}",
            new
            {
                version = 1,
                email = "Same@example.com",
                name = "New",
            }
        );

        Assert.Equal(["email: email_taken"], (await answer.Json(HttpStatusCode.BadRequest)).Faults());
        Assert.Equal("Second", await _world.Text("select name from customers where id = @id", new { id }));
    }

    [Fact]
    public async Task AddNote_ToACustomer_StandsInTheirNotesWithItsAuthor()
    {
        var id = await _world.Customer("Anna");

        using var answer = await _client.PostAsJsonAsync($"{Customers}/{id}/notes", new { body = "Called.\r\n<script>alert(1)</script> " });

        var note = await answer.Json(HttpStatusCode.Created);
        Assert.Equal("Called.\n<script>alert(1)</script>", note.GetProperty("body").GetString());
        Assert.StartsWith("test ", note.GetProperty("author").GetString());
        Assert.Equal(1, (await _client.Json($"{Customers}/{id}")).GetProperty("notes").GetArrayLength());
        using var empty = await _client.PostAsJsonAsync($"{Customers}/{id}/notes", new { body = " \n " });
        Assert.Equal(["body: invalid_note"], (await empty.Json(HttpStatusCode.BadRequest)).Faults());
    }

    [Fact]
    public async Task SubscriptionsAndInvoices_OfACustomer_AreTheirsWhateverTheQueryAsks()
    {
        var anna = await _world.Customer("Anna");
        var bob = await _world.Customer("Bob");
        var (subscription, invoice) = await _world.Sale(anna);
        await _world.Sale(bob);

        var subscriptions = await _client.Json($"{Customers}/{anna}/subscriptions?customer={bob}");
        var invoices = await _client.Json($"{Customers}/{anna}/invoices?customer={bob}");

        Assert.Equal([$"{subscription}"], subscriptions.Items("id"));
        Assert.Equal([$"{invoice}"], invoices.Items("id"));
        Assert.Equal(1, invoices.GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("GET", "/999")]
    [InlineData("GET", "/999/subscriptions")]
    [InlineData("GET", "/999/invoices")]
    [InlineData("GET", "/99999999999999999999")]
    [InlineData("GET", "/x")]
    [InlineData("PATCH", "/999")]
    [InlineData("POST", "/999/notes")]
    public async Task AnyRoute_OfAnUnknownCustomer_Returns404(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Customers + path);
        if (method != "GET")
            request.Content = method == "PATCH" ? JsonContent.Create(new { version = 1 }) : JsonContent.Create(new { body = "x" });

        using var answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("?sort=paid", "sort: invalid_sort")]
    [InlineData("?from=2026-02-30", "from: invalid_filter")]
    [InlineData("?cursor=abc", "cursor: invalid_cursor")]
    [InlineData("?pageSize=0", "pageSize: invalid_page_size")]
    [InlineData("?q=%00", "q: invalid_search")]
    public async Task List_WithAWrongParameter_Returns400(string query, string fault)
    {
        using var answer = await _client.GetAsync(Customers + query);

        Assert.Equal([fault], (await answer.Json(HttpStatusCode.BadRequest)).Faults());
    }

    [Fact]
    public async Task AnyRoute_WithoutItsPermission_Returns403AndChangesNothing()
    {
        var id = await _world.Customer("Anna");
        using var viewer = await _world.Panel.Client("customers.view");
        using var other = await _world.Panel.Client("orders.view");

        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(Customers)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync($"{Customers}/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync($"{Customers}/{id}/subscriptions")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync($"{Customers}/{id}/invoices")).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await viewer.PostAsJsonAsync(Customers, new { name = "B", email = "b@example.com" })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await viewer.PatchAsJsonAsync($"{Customers}/{id}", new { version = 1, name = "B" })).StatusCode
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync($"{Customers}/{id}/notes", new { body = "B" })).StatusCode);
        Assert.Equal("Anna", await _world.Text("select string_agg(name, ',') from customers"));
    }
}
