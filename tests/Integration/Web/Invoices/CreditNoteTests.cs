using System.Net;
using System.Text;
using MPanel.Database.Invoices;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Invoices;

/// <summary>Credit notes as they are read: list, page, file and paper say the same.</summary>
public sealed class CreditNoteTests : IAsyncLifetime
{
    private const string Notes = "/api/admin/credit-notes";

    private static readonly DateTimeOffset June = DateTimeOffset.Parse("2026-06-01T12:00:00Z", null);

    private BillingWorld _world = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start();
        _client = await _world.Panel.Client("invoices.view");
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task List_WithoutCreditNotes_IsEmpty() => Assert.Empty((await _client.Json(Notes)).Items("id"));

    [Fact]
    public async Task List_ByEachFilter_HasThoseOnlyAndCountsThem()
    {
        var anna = await _world.Customer("Anna", "Anna@example.com");
        var bob = await _world.Customer("Bob", "bob@example.com");
        var first = await Note((await _world.Sale(anna, 10m, at: June)).Invoice, 4m, June);
        var second = await Note((await _world.Sale(bob, 20m, at: June)).Invoice, 3m, June.AddDays(1));

        foreach (
            var (query, expected) in new[]
            {
                ($"?customer={anna}", first),
                ("?from=2026-06-02", second),
                ("?to=2026-06-01", first),
                ("?from=2026-06-01&to=2026-06-01", first),
                ("?q=cn-2026-000002", second),
                ("?q=2", second),
                ("?q=INV-2026-000001", first),
                ("?q=ANNA@example.com", first),
            }
        )
        {
            var page = await _client.Json(Notes + query);
            Assert.Equal((query, $"{expected}", 1L), (query, string.Join(',', page.Items("id")), page.GetProperty("total").GetInt64()));
        }
        Assert.Empty((await _client.Json($"{Notes}?q=99999999999")).Items("id"));
        Assert.Equal([$"{second}", $"{first}"], (await _client.Json(Notes)).Items("id"));
        Assert.Equal([$"{second}", $"{first}"], (await _client.Json($"{Notes}?sort=amount")).Items("id"));
        Assert.Equal([$"{first}", $"{second}"], (await _client.Json($"{Notes}?sort=number&to=9999-12-31")).Items("id"));
    }

    [Fact]
    public async Task Sums_OnPageFileAndApi_AreTheSameToTheCent()
    {
        var (_, invoice) = await _world.Sale(await _world.Customer("Анна <b>"), 1234.56m, at: June);
        var id = await Note(invoice, 1000.07m, June, "=Reason, of \"two\" lines");

        var note = await _client.Json($"{Notes}/{id}");
        Assert.Equal(1000.07m, note.GetProperty("sums").GetProperty("total").GetDecimal());
        Assert.Equal("INV-2026-000001", note.GetProperty("invoice").GetProperty("number").GetString());
        Assert.Equal("Анна <b>", note.GetProperty("buyer").GetProperty("name").GetString());

        using var pages = await _world.Panel.SignIn("invoices.view", "customers.view");
        foreach (var path in new[] { $"/credit-notes/{id}", "/credit-notes", $"/invoices/{invoice}" })
            Assert.Contains("1,000.07", await pages.GetStringAsync(path), StringComparison.Ordinal);
        var csv = await pages.GetStringAsync("/credit-notes?handler=Csv");
        Assert.Contains("CN-2026-000001,2026-06-01,INV-2026-000001,", csv, StringComparison.Ordinal);
        Assert.Contains(",1000.070,0.000,1000.070,USD,", csv, StringComparison.Ordinal);

        using var pdf = await _client.GetAsync($"{Notes}/{id}/pdf");
        Assert.Equal("CN-2026-000001.pdf", pdf.Content.Headers.ContentDisposition?.FileName);
        Assert.StartsWith("%PDF-", Encoding.Latin1.GetString(await pdf.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task AnyRoute_BadlyAsked_Answers400Or404Or403()
    {
        using var stranger = await _world.Panel.Client("customers.view");
        foreach (var path in new[] { "", "/999", "/999/pdf" })
            Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync(Notes + path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"{Notes}/999")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"{Notes}/999/pdf")).StatusCode);
        using var pages = await _world.Panel.SignIn("invoices.view");
        Assert.Equal(HttpStatusCode.NotFound, (await pages.GetAsync("/credit-notes/999")).StatusCode);
        using var wrong = await _client.GetAsync($"{Notes}?from=x&customer=me&sort=paid&q=a&q=b");
        Assert.Equal(
            ["sort: invalid_sort", "q: given_twice", "customer: invalid_filter", "from: invalid_filter"],
            (await wrong.Json(HttpStatusCode.BadRequest)).Faults()
        );
    }

    private async Task<long> Note(long invoice, decimal amount, DateTimeOffset at, string reason = "Asked for it")
    {
        var payment = await _world.One("select payment_id from invoices where id = @invoice", new { invoice });
        await _world.One("update payments set allocated = amount where id = @payment returning id", new { payment });
        await using var db = await _world.Panel.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var credit = new Crediting(invoice, payment, amount, "CN-2026", reason, $"test:{Guid.NewGuid()}", RefundId: null);
        await CreditInvoice.Run(transaction, credit, 2, at);
        await transaction.CommitAsync();
        return await _world.One("select max(id) from credit_notes");
    }
}
