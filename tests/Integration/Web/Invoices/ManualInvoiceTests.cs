using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Invoices;

/// <summary>Invoices that a person writes, and what pays them, takes them back, or writes them off.</summary>
public sealed class ManualInvoiceTests : IAsyncLifetime
{
    private const string Invoices = "/api/admin/invoices";

    private BillingWorld _world = null!;
    private HttpClient _client = null!;
    private long _customer;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start(new Dictionary<string, string?> { ["Roles"] = "web", ["Invoices:Seller:Name"] = "Example Ltd" });
        _client = await _world.Panel.Client("invoices.view", "invoices.manage", "customers.view");
        _customer = await _world.Customer("Анна", "anna@example.com");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Draft_UntilItIsIssued_HasNoNumberAndCountsNowhere()
    {
        var id = await Draft(100m);

        Assert.Equal("draft", await Text("select status || coalesce(invoice_number, '') || coalesce(due_on::text, '') from invoices"));
        Assert.Equal(0, await _world.One("select count(*) from revenue_days"));
        Assert.Equal(0, await _world.One("select count(*) from invoice_series"));
        using var pdf = await _client.GetAsync($"{Invoices}/{id}/pdf");
        Assert.Equal("not_issued", await Code(pdf, HttpStatusCode.Conflict));

        var issued = await (await Post($"{id}/issue", new { version = 1 })).Json(HttpStatusCode.OK);

        Assert.Equal("open", issued.GetProperty("invoice").GetProperty("status").GetString());
        Assert.Equal(100m, issued.GetProperty("invoice").GetProperty("due").GetDecimal());
        Assert.Equal("Example Ltd", issued.GetProperty("seller").GetProperty("name").GetString());
        Assert.Equal(14, await _world.One("select due_on - issued_on from invoices"));
        Assert.Equal("100.000 1", await Text("select amount || ' ' || invoices from revenue_days"));
        using var paper = await _client.GetAsync($"{Invoices}/{id}/pdf");
        Assert.Equal(HttpStatusCode.OK, paper.StatusCode);
    }

    [Fact]
    public async Task Draft_CreatedAndIssuedTwice_IsOneInvoiceWithOneNumber()
    {
        var request = Guid.NewGuid();
        var first = await Id(await Post("", Body(10m, request)), HttpStatusCode.Created);
        var again = await Id(await Post("", Body(10m, request)), HttpStatusCode.Created);
        Assert.Equal(first, again);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Post($"{first}/issue", new { })));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(2, await _world.One("select next_number from invoice_series"));
        Assert.Equal(1, await _world.One("select count(*) from audit_entries where action = 'invoice.issued'"));
        Assert.Equal(1, await _world.One("select count(*) from audit_entries where action = 'invoice.drafted'"));
    }

    [Fact]
    public async Task Numbers_OfManyIssuedAtOnce_AreWithoutAGap()
    {
        var drafts = new List<long>();
        for (var i = 0; i < 8; i++)
            drafts.Add(await Draft(10m + i));
        await Post($"{drafts[3]}/void", new { });

        await Task.WhenAll(drafts.Select(id => Post($"{id}/issue", new { })));

        Assert.Equal("1,2,3,4,5,6,7", await Text("select string_agg(number::text, ',' order by number) from invoices"));
        Assert.Equal("void", await Text("select status from invoices where number is null"));
    }

    [Fact]
    public async Task Change_OfADraft_ReplacesItsLines_AndOfAnInvoiceIsRefused()
    {
        var id = await Draft(100m);
        using var changed = await _client.PatchAsJsonAsync(
            $"{Invoices}/{id}",
            new
            {
                version = 1,
                currency = "KWD",
                dueDays = 0,
                note = "PO 17",
                lines = new object[]
                {
                    new
                    {
                        description = "Work",
                        quantity = 3,
                        unitPrice = 1.12m,
                        coversFrom = "2026-01-31",
                        coversTo = "2026-02-27",
                    },
                    new
                    {
                        description = "More",
                        quantity = 1,
                        unitPrice = 0m,
                    },
                },
            }
        );
        var draft = await changed.Json(HttpStatusCode.OK);
        Assert.Equal(
            (3.36m, "KWD"),
            (
                draft.GetProperty("invoice").GetProperty("total").GetDecimal(),
                draft.GetProperty("invoice").GetProperty("currency").GetString()
            )
        );
        Assert.Equal(
            "2026-01-31 2026-02-28",
            await Text(
                "select (period_start at time zone 'UTC')::date || ' ' || (period_end at time zone 'UTC')::date from invoice_lines where position = 1"
            )
        );

        using var stale = await _client.PatchAsJsonAsync($"{Invoices}/{id}", new { version = 1, lines = Lines(5m) });
        Assert.Equal("conflict", await Code(stale, HttpStatusCode.Conflict));
        using var staleIssue = await Post($"{id}/issue", new { version = 1 });
        Assert.Equal("conflict", await Code(staleIssue, HttpStatusCode.Conflict));
        await Post($"{id}/issue", new { version = 2 });
        using var late = await _client.PatchAsJsonAsync($"{Invoices}/{id}", new { version = 2, lines = Lines(5m) });
        Assert.Equal("not_a_draft", await Code(late, HttpStatusCode.Conflict));
        Assert.Equal(2, await _world.One("select count(*) from invoice_lines"));
    }

    [Fact]
    public async Task Pay_InParts_IsPaidOnlyWhenAllOfItIsThere()
    {
        var id = await Issued(100m);

        await Pay(id, "A", 40m);
        Assert.Equal("open 40.000", await Text("select status || ' ' || settled from invoices"));
        Assert.Equal("40.000", await Text("select sum(settled)::text from invoices where paid_at is null"));
        await Pay(id, "B", 59.99m);
        Assert.Equal("open 99.990", await Text("select status || ' ' || settled from invoices"));
        await Pay(id, "C", 0.01m);

        Assert.Equal(
            "paid 100.000 0.000",
            await Text("select status || ' ' || settled || ' ' || (total - settled) from invoices where paid_at is not null")
        );
        Assert.Equal("100.000 100.000", await Text("select sum(amount) || ' ' || sum(allocated) from payments"));
        Assert.Equal("100.000", await Text("select sum(amount)::text from allocations"));
        Assert.Equal("100.000 1", await Text("select amount || ' ' || invoices from revenue_days"));
        using var more = await Post(
            $"{id}/pay",
            new
            {
                method = "other",
                reference = "D",
                amount = 1m,
            }
        );
        Assert.Equal("nothing_due", await Code(more, HttpStatusCode.Conflict));
        Assert.Equal(3, await _world.One("select count(*) from payments"));
    }

    [Fact]
    public async Task Mail_OfAnInvoice_AsksForTheMoneyOnceAndThenSaysThatItCame()
    {
        var id = await Issued(100m);
        await Post($"{id}/issue", new { });
        await Pay(id, "A", 40m);
        Assert.Equal("invoice", await Text("select string_agg(template, ' ') from emails"));

        await Pay(id, "B", 60m);
        await Pay(id, "B", 60m);

        Assert.Equal("invoice receipt", await Text("select string_agg(template, ' ' order by id) from emails"));
    }

    [Fact]
    public async Task Pay_ByADoubleClick_IsOnePayment()
    {
        var id = await Issued(100m);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(_ =>
                    Post(
                        $"{id}/pay",
                        new
                        {
                            method = "bank_transfer",
                            reference = "T-1",
                            amount = 30m,
                        }
                    )
                )
        );

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal("open 30.000", await Text("select status || ' ' || settled from invoices"));
        Assert.Equal(1, await _world.One("select count(*) from audit_entries where action = 'invoice.paid'"));
        using var other = await Post(
            $"{id}/pay",
            new
            {
                method = "bank_transfer",
                reference = "T-1",
                amount = 31m,
            }
        );
        Assert.Equal("reference_taken", await Code(other, HttpStatusCode.Conflict));
        using var elsewhere = await Post(
            $"{await Issued(50m)}/pay",
            new
            {
                method = "bank_transfer",
                reference = "T-1",
                amount = 30m,
            }
        );
        Assert.Equal("reference_taken", await Code(elsewhere, HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Pay_AboveTheRest_BecomesCreditThatIsUsedOnce()
    {
        var first = await Issued(100m);
        await Pay(first, "A", 130m);
        Assert.Equal("30.000", await Text("select amount::text from credit_balances"));
        Assert.Equal("100.000 30.000", await Text("select allocated || ' ' || to_credit from payments"));
        var second = await Issued(50m);

        var request = Guid.NewGuid();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Post($"{second}/apply-credit", new { requestId = request })));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        // Credit never marks the whole invoice paid.
        Assert.Equal("open 30.000", await Text("select status || ' ' || settled from invoices where id = @second", new { second }));
        Assert.Equal("0.000", await Text("select amount::text from credit_balances"));
        using var none = await Post($"{second}/apply-credit", new { });
        Assert.Equal("no_credit", await Code(none, HttpStatusCode.Conflict));
        var credit = await _client.Json($"/api/admin/customers/{_customer}/credit");
        Assert.Equal([-30m, 30m], credit.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("amount").GetDecimal()));
        Assert.Equal("130.000", await Text("select sum(settled)::text from invoices"));
    }

    [Fact]
    public async Task Credit_UsedByTwoInvoicesAtOnce_IsUsedOnce()
    {
        await Pay(await Issued(10m), "A", 40m);
        long[] open = [await Issued(30m), await Issued(30m)];

        await Task.WhenAll(open.Select(id => Post($"{id}/apply-credit", new { })));

        Assert.Equal("30.000", await Text("select sum(settled)::text from invoices where id = any(@open)", new { open }));
        Assert.Equal("0.000", await Text("select amount::text from credit_balances"));
    }

    [Fact]
    public async Task Void_OfAnIssuedInvoice_IsACreditNoteOverTheRest()
    {
        var id = await Issued(100m);
        await Pay(id, "A", 40m);
        using var without = await Post($"{id}/void", new { });
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);

        var request = Guid.NewGuid();
        await Post($"{id}/void", new { reason = "Agreed", requestId = request });
        await Post($"{id}/void", new { reason = "Agreed", requestId = request });

        Assert.Equal("paid 40.000 60.000", await Text("select status || ' ' || settled || ' ' || credited from invoices"));
        Assert.Equal("60.000 Agreed", await Text("select total || ' ' || reason from credit_notes"));
        Assert.Equal("40.000", await Text("select sum(amount)::text from revenue_days"));
        Assert.Null(await Text("select amount::text from credit_balances where amount <> 0"));
    }

    [Fact]
    public async Task Void_OfAnInvoiceThatNobodyPaid_IsCreditedAndNotRefunded()
    {
        var id = await Issued(100m);

        await Post($"{id}/void", new { reason = "Never ordered" });

        Assert.Equal(
            "credited 0.000 100.000",
            await Text("select status || ' ' || settled || ' ' || credited from invoices where paid_at is null")
        );
        Assert.Equal("0.000", await Text("select sum(amount)::text from revenue_days"));
        using var again = await Post($"{id}/void", new { reason = "Again" });
        Assert.Equal("nothing_left", await Code(again, HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Credit_OfAPaidInvoice_BecomesCreditOfTheCustomer()
    {
        var id = await Issued(100m);
        await Pay(id, "A", 60m);
        await Pay(id, "B", 40m);
        var request = Guid.NewGuid();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Post(
                        $"{id}/credit",
                        new
                        {
                            amount = 50m,
                            reason = "Was slow",
                            requestId = request,
                        }
                    )
                )
        );

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal("paid 50.000 50.000", await Text("select status || ' ' || settled || ' ' || credited from invoices"));
        Assert.Equal("50.000", await Text("select amount::text from credit_balances"));
        // The latest payment is free first.
        Assert.Equal(
            "50/10 0/40",
            await Text("select string_agg(round(allocated) || '/' || round(to_credit), ' ' order by id) from payments")
        );
        Assert.Equal("1", await Text("select count(*)::text from credit_notes"));
        using var more = await Post($"{id}/credit", new { amount = 50.01m, reason = "More" });
        Assert.Equal("credit_too_large", await Code(more, HttpStatusCode.UnprocessableEntity));
        await Post($"{id}/credit", new { reason = "All of it" });
        Assert.Equal("credited", await Text("select status from invoices"));
        Assert.Equal("100.000", await Text("select amount::text from credit_balances"));
        Assert.Equal("0.000", await Text("select sum(amount)::text from revenue_days"));
    }

    [Fact]
    public async Task WriteOff_KeepsTheDocument_AndItCanStillBePaid()
    {
        var id = await Issued(100m);
        await Pay(id, "A", 25m);

        await Post($"{id}/write-off", new { reason = "Gone" });
        await Post($"{id}/write-off", new { reason = "Gone" });

        Assert.Equal("uncollectible 75.000", await Text("select status || ' ' || written_off from invoices"));
        Assert.Equal("25.000", await Text("select sum(amount)::text from revenue_days"));
        Assert.Equal(0, await _world.One("select count(*) from credit_notes"));
        await Pay(id, "B", 50m);
        Assert.Equal("uncollectible 25.000 75.000", await Text("select status || ' ' || written_off || ' ' || settled from invoices"));
        await Post($"{id}/credit", new { amount = 5m, reason = "Kindness" });
        // What is credited was written off already.
        Assert.Equal("75.000 75.000", await Text("select sum(amount) || ' ' || (select settled from invoices) from revenue_days"));
        await Pay(id, "C", 20m);
        Assert.Equal("paid 0.000 95.000", await Text("select status || ' ' || written_off || ' ' || settled from invoices"));
        Assert.Equal("95.000", await Text("select sum(amount)::text from revenue_days"));
    }

    [Fact]
    public async Task CustomerTotal_IsWhatSettledTheirInvoices()
    {
        await Pay(await Issued(100m), "A", 40m);
        await Issued(70m);

        var customer = await _client.Json($"/api/admin/customers/{_customer}");

        var paid = Assert.Single(customer.GetProperty("paid").EnumerateArray());
        Assert.Equal((40m, 1), (paid.GetProperty("amount").GetDecimal(), paid.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task AnyAction_BadlyAsked_IsRefusedWithEveryFault()
    {
        using var draft = await Post(
            "",
            new
            {
                customerId = _customer,
                currency = "US",
                dueDays = 366,
                note = "a\u0007",
                lines = new object?[]
                {
                    null,
                    new
                    {
                        description = " ",
                        quantity = 0,
                        unitPrice = -1m,
                    },
                    new
                    {
                        description = "x",
                        quantity = 1,
                        unitPrice = 0.001m,
                        coversFrom = "2026-02-01",
                        coversTo = "2026-01-01",
                    },
                },
            }
        );
        Assert.Equal(
            [
                "currency: invalid_currency",
                "dueDays: invalid_due_days",
                "note: invalid_note",
                "lines[0].description: invalid_description",
                "lines[0].quantity: invalid_quantity",
                "lines[0].unitPrice: invalid_price",
                "lines[1].description: invalid_description",
                "lines[1].quantity: invalid_quantity",
                "lines[1].unitPrice: invalid_price",
                "lines[2].unitPrice: invalid_price",
                "lines[2].coversTo: invalid_period",
            ],
            (await draft.Json(HttpStatusCode.BadRequest)).Faults()
        );
        using var nobody = await Post("", new { customerId = 999, lines = Lines(1m) });
        Assert.Equal(["customerId: unknown_customer"], (await nobody.Json(HttpStatusCode.BadRequest)).Faults());
        using var nothing = await Post("", new { customerId = _customer, lines = Lines(0m) });
        Assert.Equal(["lines: invalid_total"], (await nothing.Json(HttpStatusCode.BadRequest)).Faults());
        var id = await Issued(10m);
        using var pay = await Post(
            $"{id}/pay",
            new
            {
                method = "cash",
                reference = "",
                amount = 0.001m,
                receivedOn = "1999-12-31",
            }
        );
        Assert.Equal(
            ["method: invalid_method", "reference: invalid_reference", "amount: malformed", "receivedOn: invalid_day"],
            (await pay.Json(HttpStatusCode.BadRequest)).Faults()
        );
        using var stranger = await _world.Panel.Client("invoices.view");
        foreach (var verb in new[] { "issue", "pay", "apply-credit", "credit", "void", "write-off" })
        {
            object body =
                verb == "pay"
                    ? new
                    {
                        method = "other",
                        reference = "x",
                        amount = 1m,
                    }
                : verb is "credit" or "write-off" ? new { reason = "x" }
                : new { };
            Assert.Equal(HttpStatusCode.NotFound, (await Post($"999/{verb}", body)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await stranger.PostAsJsonAsync($"{Invoices}/{id}/{verb}", body)).StatusCode);
        }
    }

    [Fact]
    public async Task Pages_FromTheFormToThePayment_DoWhatTheySay()
    {
        using var pages = await _world.Panel.SignIn("invoices.view", "invoices.manage", "customers.view");
        using var form = await pages.PostForm(
            "/invoices/new",
            new Dictionary<string, string>
            {
                ["requestId"] = $"{Guid.NewGuid()}",
                ["Email"] = "Anna@example.com",
                ["Input.Currency"] = "USD",
                ["Input.DueDays"] = "7",
                ["Input.Lines[0].Description"] = "Work <b>",
                ["Input.Lines[0].Quantity"] = "2",
                ["Input.Lines[0].UnitPrice"] = "50.5",
                ["Input.Lines[1].Description"] = "",
            }
        );
        var id = await _world.One("select id from invoices where status = 'draft'");
        Assert.Contains("Work &lt;b&gt;", await pages.GetStringAsync($"/invoices/{id}"), StringComparison.Ordinal);
        Assert.Contains("50.50", await pages.GetStringAsync($"/invoices/{id}/edit"), StringComparison.Ordinal);
        await pages.PostForm($"/invoices/{id}?handler=Issue", new Dictionary<string, string> { ["version"] = "1" });
        await pages.PostForm(
            $"/invoices/{id}?handler=Pay",
            new Dictionary<string, string>
            {
                ["method"] = "bank_transfer",
                ["reference"] = "T-9",
                ["amount"] = "111",
                ["receivedOn"] = "2026-01-05",
            }
        );

        Assert.Equal("paid 2026-01-05", await Text("select status || ' ' || (paid_at at time zone 'UTC')::date from invoices"));
        Assert.Contains("T-9", await pages.GetStringAsync($"/invoices/{id}"), StringComparison.Ordinal);
        Assert.Contains("10.00", await pages.GetStringAsync($"/admin/customers/{_customer}"), StringComparison.Ordinal);
        Assert.Contains("INV-", await pages.GetStringAsync("/invoices"), StringComparison.Ordinal);
        using var nobody = await pages.PostForm(
            "/invoices/new",
            new Dictionary<string, string> { ["Email"] = "x@example.com", ["Input.Lines[0].UnitPrice"] = "x" }
        );
        Assert.Contains("No customer has this e-mail address", await nobody.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static object[] Lines(decimal price) =>
        [
            new
            {
                description = "Work",
                quantity = 1,
                unitPrice = price,
            },
        ];

    private object Body(decimal price, Guid request) =>
        new
        {
            customerId = _customer,
            lines = Lines(price),
            requestId = request,
        };

    private async Task<long> Draft(decimal price) => await Id(await Post("", Body(price, Guid.NewGuid())), HttpStatusCode.Created);

    private async Task<long> Issued(decimal price)
    {
        var id = await Draft(price);
        Assert.Equal(HttpStatusCode.OK, (await Post($"{id}/issue", new { })).StatusCode);
        return id;
    }

    private async Task Pay(long id, string reference, decimal amount)
    {
        using var answer = await Post(
            $"{id}/pay",
            new
            {
                method = "bank_transfer",
                reference,
                amount,
            }
        );
        await answer.Json(HttpStatusCode.OK);
    }

    private Task<HttpResponseMessage> Post(string path, object body) =>
        _client.PostAsJsonAsync(path.Length == 0 ? Invoices : $"{Invoices}/{path}", body);

    private static async Task<long> Id(HttpResponseMessage answer, HttpStatusCode expected) =>
        (await answer.Json(expected)).GetProperty("invoice").GetProperty("id").GetInt64();

    private static async Task<string?> Code(HttpResponseMessage answer, HttpStatusCode expected) =>
        (await answer.Json(expected)).GetProperty("code").GetString();

    private Task<string?> Text(string sql, object? parameters = null) => _world.Text(sql, parameters);
}
