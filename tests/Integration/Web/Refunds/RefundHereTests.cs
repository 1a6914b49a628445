using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.StripeSimulator.Failures;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Refunds;

/// <summary>Money that goes back because a person here says so: once, whatever is lost or repeated on the way.</summary>
public sealed class RefundHereTests : IAsyncLifetime
{
    private const string Secret = "whsec_of_the_simulator";
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;
    private HttpClient _client = null!;
    private string _payment = "";
    private long _invoice;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(
            stripe: _stripe,
            settings: new Dictionary<string, string?>
            {
                ["Stripe:WebhookSecrets:0"] = Secret,
                ["Stripe:AttemptTimeout"] = "00:00:01",
                ["Stripe:Retries"] = "0",
            }
        );
        _desk = await OrderDesk.Open(_panel);
        _client = await _panel.Client("invoices.view", "invoices.manage");
        _payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(_payment, OrderDesk.ExampleTotal);
        await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(_payment, OrderDesk.NewDomain())), "completed");
        _invoice = await _desk.Count("select id from invoices");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Refund_BesideItsOwnWebhooks_IsOneRefundWithItsReason()
    {
        await Register();

        using var answer = await Ask(new { amount = 10m, reason = "Asked for it" });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Settled();

        Assert.Equal(["10.00 succeeded Asked for it"], await Refunds());
        Assert.Equal(1, await AtStripe());
        Assert.Equal("partially_refunded 35.820 10.000", await Text("select concat_ws(' ', status, settled, credited) from invoices"));
        Assert.Equal("10.000 Asked for it", await Text("select total || ' ' || reason from credit_notes"));
        Assert.Equal(1, await _desk.Count("select count(*) from audit_entries where action = 'refund.requested'"));
        var invoice = await _client.GetFromJsonAsync<JsonElement>($"/api/admin/invoices/{_invoice}");
        Assert.Equal(10m, Assert.Single(invoice.GetProperty("creditNotes").EnumerateArray()).GetProperty("total").GetDecimal());
    }

    [Fact]
    public async Task Refund_WithoutAnAmount_GivesBackAllThatIsLeft()
    {
        using var first = await Ask(new { amount = 5.82m, reason = "A part" });
        await Settled();
        using var rest = await Ask(new { reason = "The rest" });
        await Settled();

        Assert.Equal(["5.82 succeeded A part", "40.00 succeeded The rest"], await Refunds());
        Assert.Equal("refunded", await Text("select status from invoices"));
        using var none = await Ask(new { reason = "More" });
        Assert.Equal((HttpStatusCode.Conflict, "nothing_left"), await Problem(none));
    }

    [Theory]
    [InlineData(FailureKind.Reset)]
    [InlineData(FailureKind.Timeout)]
    [InlineData(FailureKind.Truncated)]
    [InlineData(FailureKind.ServerError)]
    public async Task Refund_WhoseAnswerIsLost_IsFoundAndNotMadeAgain(FailureKind kind)
    {
        await _stripe.Fail(new Failure(kind, Path: "/v1/refunds", Method: "POST", When: FailureMoment.After, Count: 1));

        using var answer = await Ask(new { amount = 10m, reason = "Asked for it" });
        await Settled();

        Assert.Equal(["10.00 succeeded Asked for it"], await Refunds());
        Assert.Equal(1, await AtStripe());
        Assert.Equal(1, await _desk.Count("select count(*) from credit_notes"));
    }

    [Fact]
    public async Task Refund_ThatStripeRefuses_IsShownWithTheReasonAndBooksNothing()
    {
        await _stripe.Steer(HttpMethod.Post, "disputes", new { of = _payment });

        using var answer = await Ask(new { amount = 10m, reason = "Asked for it" });
        await Settled();

        Assert.Equal(["10.00 failed Asked for it"], await Refunds());
        Assert.Contains("charged back", await Text("select failure from refunds"), StringComparison.Ordinal);
        Assert.Equal("45.820 0.000 0.000", await Text("select concat_ws(' ', allocated, refunding, refunded) from payments"));
        Assert.Equal("paid", await Text("select status from invoices"));
        Assert.Equal(0, await _desk.Count("select count(*) from credit_notes"));
        using var pages = await _panel.SignIn("invoices.view", "orders.view");
        Assert.Contains("charged back", await pages.GetStringAsync($"/invoices/{_invoice}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refund_ByLine_HasItsLinesOnTheCreditNote_AndEachLineOnce()
    {
        var line = new { position = 3, quantity = 1 };

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ask(new { reason = "A part", lines = new[] { line } })));
        await Settled();

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Accepted));
        var refused = answers.First(a => a.StatusCode != HttpStatusCode.Accepted);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "line_too_large"), await Problem(refused));
        Assert.Equal(1, await AtStripe());
        Assert.Equal(
            "4.990 1 x 4.990",
            await Text(
                """
                select n.total || ' ' || l.quantity || ' x ' || l.amount from credit_notes n join credit_note_lines l on l.credit_note_id = n.id
                where l.position = 3
                """
            )
        );
        Assert.Equal("40.830 4.990", await Text("select settled || ' ' || credited from invoices"));
        using var pages = await _panel.SignIn("invoices.view", "invoices.manage");
        var note = await _desk.Count("select id from credit_notes");
        Assert.Contains("4.99", await pages.GetStringAsync($"/credit-notes/{note}"), StringComparison.Ordinal);
        Assert.Contains("Refund lines", await pages.GetStringAsync($"/invoices/{_invoice}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refund_ByLinesThatAreNone_IsRefused()
    {
        foreach (
            object body in new object[]
            {
                new { reason = "x", lines = new[] { new { position = 9, quantity = 1 } } },
                new { reason = "x", lines = new[] { new { position = 1, quantity = 0 } } },
                new { reason = "x", lines = new[] { new { position = 1, quantity = 1 }, new { position = 1, quantity = 1 } } },
                new
                {
                    reason = "x",
                    amount = 1m,
                    lines = new[] { new { position = 1, quantity = 1 } },
                },
            }
        )
        {
            using var answer = await Ask(body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        Assert.Equal(0, await _desk.Count("select count(*) from refunds"));
    }

    [Fact]
    public async Task Refund_OfAllByManyAtOnce_IsOne()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Ask(new { amount = 45.82m, reason = "All" })));
        await Settled();

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(["45.82 succeeded All"], await Refunds());
        Assert.Equal(1, await AtStripe());
    }

    [Fact]
    public async Task Refund_RepeatedWithItsRequestId_IsTheSame()
    {
        var request = new
        {
            amount = 1m,
            reason = "Twice clicked",
            requestId = Guid.NewGuid(),
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Ask(request)));
        await Settled();

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        Assert.Equal(["1.00 succeeded Twice clicked"], await Refunds());
        Assert.Equal(1, await AtStripe());
    }

    [Theory]
    [InlineData("45.83", 422, "refund_too_large")]
    [InlineData("0", 400, "validation_failed")]
    [InlineData("-1", 400, "validation_failed")]
    [InlineData("1.001", 400, "validation_failed")]
    [InlineData("99999999999999", 400, "validation_failed")]
    public async Task Refund_OfAnAmountThatCannotBe_IsRefused(string amount, int status, string code)
    {
        using var answer = await Ask(
            new { amount = decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), reason = "Test" }
        );

        Assert.Equal(((HttpStatusCode)status, code), await Problem(answer));
        Assert.Empty(await Refunds());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("two\nlines")]
    public async Task Refund_WithoutAReason_IsRefused(string reason)
    {
        using var answer = await Ask(new { amount = 1m, reason });

        Assert.Equal((HttpStatusCode.BadRequest, "validation_failed"), await Problem(answer));
    }

    [Fact]
    public async Task Page_SentTwice_RefundsOnce_AndOnlyWhoMayIsAsked()
    {
        using var viewer = await _panel.SignIn("invoices.view");
        Assert.DoesNotContain("Give this money back", await viewer.GetStringAsync($"/invoices/{_invoice}"), StringComparison.Ordinal);

        using var pages = await _panel.SignIn("invoices.view", "invoices.manage");
        var form = new Dictionary<string, string>
        {
            ["requestId"] = Guid.NewGuid().ToString(),
            ["amount"] = "10.00",
            ["reason"] = "Asked for it",
        };
        for (var i = 0; i < 2; i++)
        {
            using var answer = await pages.PostForm($"/invoices/{_invoice}?handler=Refund", form, $"/invoices/{_invoice}");
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
        await Settled();

        Assert.Equal(["10.00 succeeded Asked for it"], await Refunds());
        Assert.Contains("What was taken back", await pages.GetStringAsync($"/invoices/{_invoice}"), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> Ask(object body) => _client.PostAsJsonAsync($"/api/admin/invoices/{_invoice}/refund", body);

    private static async Task<(HttpStatusCode, string?)> Problem(HttpResponseMessage answer) =>
        (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());

    private Task Register() =>
        _stripe.Steer(
            HttpMethod.Post,
            "webhook_endpoints",
            new
            {
                url = $"{_panel.ApiAddress.AbsoluteUri.TrimEnd('/')}/api/webhooks/stripe",
                secrets = new[] { Secret },
                events = new[] { "refund.*", "charge.refunded" },
            }
        );

    /// <summary>All that was asked for, and all that Stripe has told of, is done.</summary>
    private Task Settled() =>
        Wait.Until(
            async () =>
            {
                var told = await _stripe.Steer(HttpMethod.Get, "deliveries");
                return told.GetProperty("pending").GetInt32() == 0
                    && await _desk.Count("select count(*) from outbox where kind like 'stripe.%' and state <> 'done'") == 0;
            },
            "the refunds to be done"
        );

    private async Task<int> AtStripe()
    {
        var refunds = await _stripe.Client().V1.Refunds.ListAsync(new Stripe.RefundListOptions { PaymentIntent = _payment });
        return refunds.Data.Count;
    }

    private async Task<IEnumerable<string>> Refunds()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.QueryAsync<string>("select concat_ws(' ', round(amount, 2), status, reason) from refunds order by id");
    }

    private async Task<string?> Text(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<string?>(sql);
    }
}
