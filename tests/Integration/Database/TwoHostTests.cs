using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.Database;
using MPanel.Database.Lists;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Database;

/// <summary>A panel whose connection string names a primary and its synchronous standby.</summary>
public sealed class TwoHostTests : IAsyncLifetime
{
    private ReplicatedPostgres _postgres = null!;

    public async ValueTask InitializeAsync() => _postgres = await ReplicatedPostgres.Start();

    public async ValueTask DisposeAsync() => await _postgres.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData(";Target Session Attributes=primary")]
    [InlineData(";Target Session Attributes=read-write")]
    [InlineData(";TargetSessionAttributes=any;Pooling=false")]
    public async Task Open_FirstHostIsAStandby_UsesThePrimary(string wish)
    {
        await using var source = Db.Open(_postgres.ConnectionString + wish, "test");
        await using var lists = new ListDatabase(_postgres.ConnectionString + wish, "test lists");

        for (var i = 0; i < 5; i++)
        {
            await using var db = await source.OpenConnectionAsync();
            await using var reading = await lists.Open(CancellationToken.None);
            Assert.Equal(_postgres.Primary.Port, db.Port);
            Assert.Equal(_postgres.Primary.Port, reading.Port);
            Assert.Equal("on", await reading.ExecuteScalarAsync<string>("show transaction_read_only"));
            await db.ExecuteAsync("create table if not exists written (id int)");
        }
    }

    [Fact]
    public async Task Open_OneHostWithTargetSessionAttributes_Connects()
    {
        var alone = _postgres.ConnectionString.Replace($"127.0.0.1:{_postgres.Standby.Port},", "", StringComparison.Ordinal);

        await using var source = Db.Open(alone + ";Target Session Attributes=primary", "test");
        await using var db = await source.OpenConnectionAsync();

        Assert.Equal(_postgres.Primary.Port, db.Port);
    }

    [Fact]
    public async Task Dispose_OfTwoHosts_ClosesItsConnections()
    {
        var source = Db.Open(_postgres.ConnectionString, "to be closed");
        await (await source.OpenConnectionAsync()).DisposeAsync();

        await source.DisposeAsync();

        await Wait.Until(
            () => _postgres.Primary.Ask<bool>("select not exists (select 1 from pg_stat_activity where application_name = 'to be closed')"),
            "the connections to end"
        );
    }

    [Fact]
    public async Task Panel_WhenTheStandbyIsPromoted_GoesOnAndHasEveryAcknowledgedOrder()
    {
        await using var stripe = await StripeSimulation.Start();
        await using var panel = await PanelServer.Start(_postgres.ConnectionString + ";Target Session Attributes=primary", stripe: stripe);
        var desk = await OrderDesk.Open(panel);
        var before = await Place(desk, stripe);
        await desk.UntilStatus(before, "completed");

        await _postgres.Primary.Kill();
        await _postgres.Promote();

        string? after = null;
        await Wait.Until(async () => (after = await TryPlace(desk, stripe)) is not null, "an order to be taken by the new primary");
        await desk.UntilStatus(after!, "completed");
        Assert.Equal("completed", (await desk.Get(before)).GetProperty("status").GetString());
        using var ready = await desk.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using var list = await desk.Http.GetAsync("/api/admin/orders");
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
    }

    [Fact]
    public async Task Intake_WhileTheStandbyIsGone_Returns503UntilTheOrderIsOnBoth()
    {
        await using var panel = await PanelServer.Start(_postgres.ConnectionString);
        var desk = await OrderDesk.Open(panel);
        var (payment, domain) = (OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain());
        await _postgres.Standby.Kill();

        // New, and then a repeat of what the primary alone has: neither is safe.
        using var first = await desk.Post(OrderDesk.Example(payment, domain));
        using var second = await desk.Post(OrderDesk.Example(payment, domain));
        await _postgres.StartStandby();
        using var third = await desk.Post(OrderDesk.Example(payment, domain));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.Equal("database_unavailable", (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    private static async Task<string> Place(OrderDesk desk, StripeSimulation stripe) =>
        await TryPlace(desk, stripe) ?? throw new InvalidOperationException("The order was not taken.");

    private static async Task<string?> TryPlace(OrderDesk desk, StripeSimulation stripe)
    {
        var payment = OrderDesk.NewPaymentIntent();
        await stripe.Payment(payment, OrderDesk.ExampleTotal);
        using var answer = await desk.Post(OrderDesk.Example(payment, OrderDesk.NewDomain()));
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            return null;
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString();
    }
}
