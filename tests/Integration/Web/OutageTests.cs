using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Web;

/// <summary>What callers get while the database is gone, or slower than they ask.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Intake_WhileTheDatabaseIsDown_Returns503AndNothingIsAccepted()
    {
        var cluster = await PostgresCluster.Start();
        await using var stopped = new StoppedOnce(cluster);
        await using var panel = await PanelServer.Start(await cluster.CreateDatabase());
        var desk = await OrderDesk.Open(panel);
        await desk.Place(OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain()));

        await stopped.DisposeAsync();

        // The pool's connections break one by one: none of them may let a request pass.
        for (var i = 0; i < 10; i++)
        {
            using var answer = await desk.Post(OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain()));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("database_unavailable", await Code(answer));
            Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
        }
        using var ready = await desk.Http.GetAsync("/readyz");
        using var alive = await desk.Http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("unreachable", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task Request_BeyondWhatIsHandledAndQueued_Returns503AndLaterOnesPass()
    {
        await using var panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Http:MaxConcurrentRequests"] = "1" });
        using var client = await panel.Client("plans:read");
        Task<HttpResponseMessage> Plans() => client.GetAsync("/api/public/plans");
        await using var db = await panel.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync("lock table product_prices in access exclusive mode", transaction: transaction);

        var handled = Plans();
        await Wait.Until(() => SomebodyWaitsFor(transaction), "the first request to wait for the lock");
        var others = new List<Task<HttpResponseMessage>> { Plans(), Plans() };
        var first = await Task.WhenAny(others);
        using var refused = await first.WaitAsync(TimeSpan.FromSeconds(20));
        using var alive = await client.GetAsync("/healthz");
        await transaction.RollbackAsync();
        others.Remove(first);
        using var queued = await others.Single();
        using var served = await handled;
        using var later = await Plans();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("overloaded", await Code(refused));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK],
            new[] { served.StatusCode, queued.StatusCode, later.StatusCode }
        );
    }

    private static async Task<bool> SomebodyWaitsFor(NpgsqlTransaction transaction) =>
        await transaction.Connection!.ExecuteScalarAsync<bool>(
            "select exists (select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))",
            transaction: transaction
        );

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    /// <summary>The test stops the cluster half way; if it does not get there, its end does.</summary>
    private sealed class StoppedOnce(PostgresCluster cluster) : IAsyncDisposable
    {
        private bool _stopped;

        public async ValueTask DisposeAsync()
        {
            if (_stopped)
                return;
            _stopped = true;
            await cluster.DisposeAsync();
        }
    }
}
