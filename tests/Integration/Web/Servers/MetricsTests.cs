using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Integration.Web.Agents;

namespace MPanel.Tests.Integration.Web.Servers;

/// <summary>From the agents' heartbeats to what the charts are drawn from.</summary>
public sealed class MetricsTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private const double Gigabyte = 1024 * 1024 * 1024;

    [Fact]
    public async Task Heartbeats_OfAMinute_AreAveragedWithTheirHighest()
    {
        var agent = await panel.Agent();

        // Two in one minute: when the minute turns between them, once more.
        JsonElement[] points;
        var uptime = 0;
        do
        {
            await panel.World.Execute("delete from server_metrics_minutes where server_id = @ServerId", new { agent.ServerId });
            await Beat(agent, cpu: 10, load: 1, received: 1000, uptime: uptime += 10);
            await Beat(agent, cpu: 40, load: 2, received: 3000, uptime: uptime += 10);
            points = await Points(agent.ServerId, "");
        } while (points.Length > 1);

        Assert.Equal(
            (25, 40, 1.5, 2, 2000, 3000),
            (
                Value(points[0], "cpuPercent"),
                Value(points[0], "cpuPercentMax"),
                Value(points[0], "load1"),
                Value(points[0], "load1Max"),
                Value(points[0], "networkReceived"),
                Value(points[0], "networkReceivedMax")
            )
        );
        Assert.Equal((4 * Gigabyte, 8 * Gigabyte), (Value(points[0], "memoryUsedBytes"), Value(points[0], "memoryTotalBytes")));
    }

    [Fact]
    public async Task Heartbeat_SentTwice_CountsOnce()
    {
        var agent = await panel.Agent();
        for (var i = 0; i < 3; i++)
            await Beat(agent, cpu: 10, uptime: 10);

        Assert.Equal(
            1,
            await panel.World.Scalar<int>(
                "select sum(samples) from server_metrics_minutes where server_id = @ServerId",
                new { agent.ServerId }
            )
        );
    }

    [Fact]
    public async Task Heartbeat_OfWildFigures_IsBounded()
    {
        var agent = await panel.Agent();
        await Beat(agent, cpu: 1e308, load: 1e308, uptime: 10);
        await Beat(agent, cpu: 1e308, load: 1e308, uptime: 20);

        Assert.Equal(
            100,
            await panel.World.Scalar<double>(
                "select max(cpu_percent) from server_metrics_minutes where server_id = @ServerId",
                new { agent.ServerId }
            )
        );
        await panel.World.Execute(
            "update server_metrics_minutes set at = at - interval '3 hours' where server_id = @ServerId",
            new { agent.ServerId }
        );
        await RollUp();
        Assert.Equal(1, await Hours(agent.ServerId));
    }

    [Fact]
    public async Task Heartbeat_WithoutFigures_IsHeardAndCountsInNoMinute()
    {
        var server = await panel.World.Server();
        await using var db = await panel.Server.DataSource.OpenConnectionAsync();

        var heard = await Heartbeat.Run(db, server, 0, new NewHeartbeat("0.9", ["hosting"], 1, """{"load1":0.5}"""));

        Assert.Equal("active", heard.State);
        Assert.Equal(
            0,
            await panel.World.Scalar<int>("select count(*) from server_metrics_minutes where server_id = @server", new { server })
        );
    }

    [Fact]
    public async Task RollUp_AfterMissedRuns_MakesEveryHourOnce()
    {
        var server = await panel.World.Server();
        // 30 hours by minute, the present one among them.
        await Minutes(server, "30 hours", "0 minutes");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RollUp()));
        var hours = await Hours(server);
        await RollUp();

        Assert.InRange(hours, 29, 30);
        Assert.Equal(hours, await Hours(server));
        Assert.Equal(
            (60, 30.5, 60),
            (
                await panel.World.Scalar<int>("select max(samples) from server_metrics_hours where server_id = @server", new { server }),
                await Of("cpu_percent"),
                await Of("cpu_percent_max")
            )
        );

        Task<double> Of(string column) =>
            panel.World.Scalar<double>(
                $"select {column} from server_metrics_hours where server_id = @server order by at desc limit 1",
                new { server }
            );
    }

    [Fact]
    public async Task RollUp_ForgetsOldMinutesOnlyAfterTheyBecameHours()
    {
        var server = await panel.World.Server();
        await Minutes(server, "60 hours", "50 hours");

        await RollUp();

        Assert.Equal(
            0,
            await panel.World.Scalar<int>("select count(*) from server_metrics_minutes where server_id = @server", new { server })
        );
        Assert.InRange(await Hours(server), 10, 11);
        await panel.World.Execute("update server_metrics_hours set at = at - interval '90 days' where server_id = @server", new { server });
        await RollUp();
        Assert.Equal(0, await Hours(server));
    }

    [Fact]
    public async Task Metrics_ByHour_HasHoursThatAreNotRolledUpYet_OnceEach()
    {
        var server = await panel.World.Server();
        await Minutes(server, "5 hours", "0 minutes");
        var before = await Points(server, "&resolution=hour");

        await RollUp();
        var after = await Points(server, "&resolution=hour");

        Assert.InRange(before.Length, 5, 6);
        Assert.Equal(before.Select(p => Value(p, "cpuPercent")), after.Select(p => Value(p, "cpuPercent")));
    }

    [Fact]
    public async Task Metrics_WithAGap_HaveNoPointThere()
    {
        var server = await panel.World.Server();
        await Minutes(server, "50 minutes", "40 minutes");
        await Minutes(server, "10 minutes", "5 minutes");

        var points = await Points(server, "");

        Assert.Equal(15, points.Length);
    }

    [Theory]
    [InlineData("resolution=second", "resolution")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-01-01T00:00:00Z&to=%00", "to")]
    [InlineData("from=2026-01-01T00:00:00", "from")]
    [InlineData("to=0001-01-01T00:00:00Z", "to")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:01Z", "from")]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-04-01T00:00:01Z&resolution=hour", "from")]
    public async Task Metrics_AskedForTooMuchOrNonsense_Answer400(string query, string path)
    {
        using var client = await panel.Server.Client("servers.view");
        using var answer = await client.GetAsync($"/api/admin/servers/1/metrics?{query}");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(path, problem.GetProperty("errors")[0].GetProperty("path").GetString());
    }

    [Theory]
    [InlineData("from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z")]
    [InlineData("from=2026-01-01T00:00:00%2B02:00&to=2026-03-31T00:00:00.5Z&resolution=hour")]
    public async Task Metrics_OfAsMuchAsMayBe_Answer200(string query)
    {
        using var client = await panel.Server.Client("servers.view");
        using var answer = await client.GetAsync($"/api/admin/servers/1/metrics?{query}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("1h", "HH:mm")]
    [InlineData("24h", "HH:mm")]
    [InlineData("7d", "d MMM HH:mm")]
    [InlineData("90d", "d MMM HH:mm")]
    public async Task Page_OfEachRange_HasChartsFiguresAndGaps(string range, string label)
    {
        var server = await panel.World.Server();
        await Minutes(server, "3 minutes", "0 minutes");
        using var pages = await panel.Server.SignIn("servers.view");

        var html = await pages.GetStringAsync($"/server-metrics?server={server}&range={range}");
        var json = System.Text.RegularExpressions.Regex.Match(html, "id=\"chart-cpu\">(.*?)</script>").Groups[1].Value;
        var chart = JsonDocument.Parse(json).RootElement;
        var values = chart.GetProperty("series")[0].GetProperty("values").EnumerateArray().ToList();

        Assert.Equal(values.Count, chart.GetProperty("labels").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, values[0].ValueKind);
        Assert.Contains(values, v => v.ValueKind == JsonValueKind.Number);
        Assert.Contains("The same in figures", html, StringComparison.Ordinal);
        Assert.True(
            DateTime.TryParseExact(
                chart.GetProperty("labels")[0].GetString(),
                label,
                System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.None,
                out _
            )
        );
    }

    [Theory]
    [InlineData("?server=999999")]
    [InlineData("?server=%00&range=%00")]
    [InlineData("?range=1y")]
    [InlineData("?server=1&server=2")]
    public async Task Page_AskedForNone_GoesOnAndSaysSo(string query)
    {
        using var pages = await panel.Server.SignIn("servers.view");

        Assert.Contains("so it was left out", await pages.GetStringAsync($"/server-metrics{query}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WithoutThePermission_Answers403()
    {
        using var pages = await panel.Server.SignIn("orders.view");
        using var answer = await pages.GetAsync("/server-metrics");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static async Task Beat(Agent agent, double cpu, int uptime, double load = 1, long received = 0) =>
        Assert.Equal(
            200,
            (
                await agent.Post(
                    WorkerRoutes.Heartbeat,
                    new HeartbeatRequest(
                        "1.0.0",
                        ["hosting"],
                        2,
                        new NodeMetrics(cpu, load, 1, 1, 8L << 30, 4L << 30, 100L << 30, 50L << 30, received, 0, uptime)
                    )
                )
            ).Status
        );

    /// <summary>A row each minute of the stretch; its CPU is 1 to 60 over each hour.</summary>
    private Task Minutes(long server, string since, string until) =>
        panel.World.Execute(
            """
            insert into server_metrics_minutes
            select @server, at, 1, 1 + extract(minute from at), 1 + extract(minute from at), 1, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1
            from generate_series(date_trunc('minute', now() - @since::interval), date_trunc('minute', now() - @until::interval) - interval '1 minute',
                                 interval '1 minute') as at
            """,
            new
            {
                server,
                since,
                until,
            }
        );

    private async Task RollUp()
    {
        await using var db = await panel.Server.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await RollUpMetrics.Run(transaction);
        await transaction.CommitAsync();
    }

    private Task<int> Hours(long server) =>
        panel.World.Scalar<int>("select count(*) from server_metrics_hours where server_id = @server", new { server });

    private async Task<JsonElement[]> Points(long server, string more)
    {
        using var client = await panel.Server.Client("servers.view");
        var answer = await client.GetFromJsonAsync<JsonElement>($"/api/admin/servers/{server}/metrics?{more}");
        return [.. answer.GetProperty("points").EnumerateArray()];
    }

    private static double Value(JsonElement point, string name) => point.GetProperty(name).GetDouble();
}
