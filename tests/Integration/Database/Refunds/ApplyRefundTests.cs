using Dapper;
using MPanel.Database;
using MPanel.Database.Refunds;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Refunds;

/// <summary>What the books take of a refund, whoever tells of it and how often.</summary>
public sealed class ApplyRefundTests : IAsyncLifetime
{
    private BillingWorld _world = null!;
    private string _payment = "";

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start();
        await _world.Sale(await _world.Customer("Ann"), 29.88m);
        _payment = (await _world.Text("select stripe_payment_intent_id from payments"))!;
        await _world.One(
            """
            insert into allocations (invoice_id, payment_id, amount, source) select id, payment_id, total, 'test' from invoices;
            update payments set allocated = amount;
            """
        );
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Run_OfTwelveRefundsAtOnceThatAreMoreThanWasPaid_BooksWhatThereIsAndNoMore()
    {
        var ended = await Task.WhenAll(Enumerable.Range(1, 12).Select(n => Try(Succeeded($"re_{n}", 10m))));

        Assert.Equal(2, ended.Count(e => e is null));
        Assert.All(ended.OfType<PostgresException>(), e => Assert.Equal(PostgresErrorCodes.CheckViolation, e.SqlState));
        Assert.Equal("9.880 0.000 20.000", await Sums());
        Assert.Equal("9.880 20.000", await _world.Text("select settled || ' ' || credited from invoices"));
        Assert.Equal("1,2", await _world.Text("select string_agg(number::text, ',' order by number) from credit_notes"));
    }

    [Fact]
    public async Task Run_OfOneRefundByTenAtOnce_BooksItOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Try(Succeeded("re_1", 10m))));

        Assert.Equal(1, await _world.One("select count(*) from refunds"));
        Assert.Equal("19.880 0.000 10.000", await Sums());
        Assert.Equal(1, await _world.One("select count(*) from credit_notes"));
    }

    [Fact]
    public async Task Run_OfAnOlderReportAfterANewerOne_ChangesNothing()
    {
        await Try(Succeeded("re_1", 10m));
        await Try(Succeeded("re_1", 10m) with { Status = RefundState.Pending });
        Assert.Equal("19.880 0.000 10.000", await Sums());

        await Try(Succeeded("re_1", 10m) with { Status = RefundState.Failed, Failure = "declined" });
        await Try(Succeeded("re_1", 10m));
        Assert.Equal("19.880 0.000 0.000", await Sums());
        Assert.Equal("failed", await _world.Text("select status from refunds"));
    }

    [Fact]
    public async Task Run_AfterARefundThatFailedLater_TakesItsMoneyFirst()
    {
        await Try(Succeeded("re_1", 10m));
        await Try(Succeeded("re_1", 10m) with { Status = RefundState.Failed, Failure = "declined" });

        // The money is owed by the first credit note already.
        await Try(Succeeded("re_2", 10m));

        Assert.Equal("19.880 0.000 10.000", await Sums());
        Assert.Equal(1, await _world.One("select count(*) from credit_notes"));
        await Try(Succeeded("re_3", 5m));
        Assert.Equal("14.880 0.000 15.000", await Sums());
        Assert.Equal(2, await _world.One("select count(*) from credit_notes"));
    }

    [Fact]
    public async Task Run_OfOneThatWasAskedForHere_FindsItByItsOwnName()
    {
        var uid = Guid.NewGuid();
        await _world.One(
            """
            insert into refunds (uid, payment_id, amount, currency, status, reason, actor)
            select @uid, id, 10, 'USD', 'requested', 'Asked for it', 'ann@example.net' from payments;
            update payments set refunding = 10;
            """,
            new { uid }
        );

        await Try(Succeeded("re_1", 10m) with { Uid = uid });

        Assert.Equal(
            "re_1 succeeded ann@example.net",
            await _world.Text("select concat_ws(' ', stripe_refund_id, status, actor) from refunds")
        );
        Assert.Equal("19.880 0.000 10.000", await Sums());
    }

    [Fact]
    public async Task Run_OfPartsOfATaxedInvoice_SharesItsTaxToTheCent()
    {
        await _world.One(
            """
            alter table invoices disable trigger invoices_frozen;
            update invoices set tax = 4.77, net = total - 4.77;
            alter table invoices enable trigger invoices_frozen;
            """
        );

        foreach (var n in Enumerable.Range(1, 3))
            await Try(Succeeded($"re_{n}", 9.96m));

        Assert.Equal("1.590 1.590 1.590", await _world.Text("select string_agg(tax::text, ' ' order by number) from credit_notes"));
        Assert.Equal("refunded", await _world.Text("select status from invoices"));
        Assert.Equal("4.770", await _world.Text("select sum(tax)::text from credit_notes"));
    }

    [Theory]
    [InlineData("update payments set refunded = 29.89")]
    [InlineData("update payments set refunding = 30")]
    [InlineData("update payments set allocated = 29.88, refunded = 0.01")]
    [InlineData("update invoices set settled = 29.89")]
    [InlineData("update invoices set credited = 0.01")]
    [InlineData("update invoices set settled = 1")]
    [InlineData("update allocations set amount = 1")]
    [InlineData("delete from allocations")]
    public async Task Change_ThatTheBooksCannotBear_IsRefusedByTheDatabase(string change) =>
        await Assert.ThrowsAsync<PostgresException>(() => _world.One(change));

    private static ReportedRefund Succeeded(string id, decimal amount) =>
        new(id, null, amount, "USD", RefundState.Succeeded, null, "Refunded at Stripe");

    private async Task<Exception?> Try(ReportedRefund refund) =>
        await Record.ExceptionAsync(async () =>
        {
            await using var source = Db.Open(_world.Panel.ConnectionString, "test");
            await using var db = await source.OpenConnectionAsync();
            await using var transaction = await db.BeginTransactionAsync();
            var payment = await LockedPayment.Of(transaction, _payment);
            await ApplyRefund.Run(transaction, payment!, refund, new RefundBooking("CN-2026", 2, DateTimeOffset.UtcNow));
            await transaction.CommitAsync();
        });

    private Task<string?> Sums() => _world.Text("select concat_ws(' ', allocated, refunding, refunded) from payments");
}
