using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hangfire;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.Server;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Jobs.Engine.Hangfire.Twins;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>That jobs written by our own statement look to Hangfire like those that it writes itself.</summary>
public sealed class StockTwinTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.Execute(Transitions.Free);
        await using var db = await _world.DataSource.OpenConnectionAsync();
        PostgreSqlObjectsInstaller.Install(db, "hangfire");
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Twins_LookLikeJobsOfHangfiresOwn()
    {
        var (stockJobs, stockCounts) = await Stock();
        await _world.Execute("truncate hangfire.job, hangfire.state, hangfire.counter, hangfire.aggregatedcounter cascade");

        await Twins();

        Assert.Equal(stockJobs, await Jobs());
        Assert.Equal(8, stockCounts.Length);
        Assert.Equal(stockCounts, await Counts());
        Assert.Equal(0, await _world.Scalar<long>("select count(*) from hangfire.counter"));
    }

    [Fact]
    public async Task Twins_ForHangfire_AreJobsOfTheirTasks()
    {
        await Twins();

        var monitoring = Storage().GetMonitoringApi();
        var job = Assert.Single(monitoring.FailedJobs(0, 10)).Value;
        Assert.Equal("failed", await _world.Status(TaskTwin.TaskOf(job.Job)!.Value));
        Assert.Equal("nginx_config_invalid: nginx said no.", job.ExceptionMessage);
        Assert.Equal("srv9", Assert.Single(monitoring.ProcessingJobs(0, 10)).Value.ServerId);
        Assert.Equal("\"Done by srv9\"", Assert.Single(monitoring.SucceededJobs(0, 10)).Value.Result);
        Assert.NotNull(Assert.Single(monitoring.DeletedJobs(0, 10)).Value.DeletedAt);
        Assert.Equal((1, 1), (monitoring.GetStatistics().Succeeded, monitoring.GetStatistics().Deleted));
        Assert.Equal((1, 1), (monitoring.HourlySucceededJobs().Values.Sum(), monitoring.FailedByDatesCount().Values.Sum()));
        Assert.Equal(
            0,
            await _world.Scalar<long>(
                "select count(*) from hangfire.job j join hangfire.state s on s.jobid = j.id where (j, s)::text like '%@%'"
            )
        );
    }

    /// <summary>One job of Hangfire's own in each state, made by its own client and server.</summary>
    private async Task<(string[] Jobs, string[] Counts)> Stock()
    {
        var storage = Storage();
        var filters = new JobFilterCollection { new StatisticsHistoryAttribute() };
        var client = new BackgroundJobClient(storage, filters);
        client.Delete(client.Enqueue(() => StockJob.Succeeds(1, "Deleted")));
        client.Enqueue(() => StockJob.Succeeds(1, "Title"));
        client.Enqueue(() => StockJob.Fails(1, "Title"));
        client.Enqueue(() => StockJob.GoesOn(1, "Title"));
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = 2, FilterProvider = filters }, storage);
        await Wait.Until(
            async () =>
                await _world.Scalar<string>("select string_agg(statename, ' ' order by statename) from hangfire.job")
                == "Deleted Failed Processing Succeeded",
            "a job in each state"
        );
        var stock = (await Jobs(), await Counts());
        StockJob.MayEnd.Release();
        return stock;
    }

    /// <summary>One task in each state, and its twin.</summary>
    private async Task Twins()
    {
        var server = await _world.Server("srv9");
        for (var i = 0; i < 4; i++)
            await _world.HostingTask(server);
        await _world.Claim(server);
        foreach (var succeeded in new[] { true, false })
        {
            var claimed = (await _world.Claim(server))!;
            await _world.Complete(claimed.Id, server, claimed.LeaseToken, succeeded, permanent: true);
        }
        await _world.Execute("update provisioning_tasks set status = 'cancelled', finished_at = now() where status = 'pending'");
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await ShowTasks.Run(db, TaskTwin.Invocation, TwinLook.News);
    }

    private StorageAsWritten Storage() =>
        new(
            new DataSourceConnections(_world.DataSource),
            new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = false, QueuePollInterval = TimeSpan.FromMilliseconds(50) }
        );

    /// <summary>Each job with its state: which columns and keys are filled, and how. Why it is so is for people.</summary>
    private async Task<string[]> Jobs() =>
        [
            .. (
                await _world.Strings(
                    """
                    select jsonb_build_object('job', to_jsonb(j), 'state', to_jsonb(s) - 'reason')::text
                    from hangfire.job j join hangfire.state s on s.id = j.stateid order by j.statename
                    """
                )
            ).Select(row => Shape("", JsonNode.Parse(row))),
        ];

    private static string Shape(string name, JsonNode? value) =>
        value switch
        {
            null => "null",
            JsonObject fields => $"{{ {string.Join(", ", fields.OrderBy(f => f.Key).Select(f => $"{f.Key}: {Shape(f.Key, f.Value)}"))} }}",
            JsonArray items => $"[{string.Join(", ", items.Select(item => Shape("", item)))}]",
            _ when value.GetValueKind() != JsonValueKind.String => value.GetValueKind().ToString(),
            _ => Shape(name, value.GetValue<string>()),
        };

    private static string Shape(string name, string text) =>
        (name, text) switch
        {
            ("statename" or "name", _) => text,
            ("createdat" or "expireat", _) => "time",
            (_, ['[' or '"', ..]) => $"JSON {Shape("", JsonNode.Parse(text))}",
            _ when text.All(char.IsAsciiDigit) => "digits",
            _ when Regex.IsMatch(text, "^[0-9]{4}-") => Regex.Replace(text, "[0-9]", "9"),
            _ => "text",
        };

    /// <summary>Hangfire's statistics, wherever they stand, with the hours until they expire.</summary>
    private Task<string[]> Counts() =>
        _world.Strings(
            """
            select concat_ws(' ', regexp_replace(key, '[0-9]', '9', 'g'), sum(value), round(extract(epoch from max(expireat) - now()) / 3600))
            from (
                select key, value, expireat from hangfire.counter union all select key, value, expireat from hangfire.aggregatedcounter
            ) as counter
            group by key
            order by 1
            """
        );
}

/// <summary>Hangfire's storage, where nothing is summed up, or removed, beside what its client and workers write.</summary>
internal sealed class StorageAsWritten(IConnectionFactory connections, PostgreSqlStorageOptions options)
    : PostgreSqlStorage(connections, options)
{
#pragma warning disable CS0618, CS0672 // Hangfire's own storages override it, too.
    public override IEnumerable<IServerComponent> GetComponents() => [];
#pragma warning restore CS0618, CS0672
}

/// <summary>Jobs for Hangfire's own client and server, with a twin's arguments.</summary>
public static class StockJob
{
    public static readonly SemaphoreSlim MayEnd = new(0);

    public static string Succeeds(long task, string title) => $"{task} {title}";

    public static void Fails(long task, string title) => throw new InvalidOperationException($"{task} {title}");

    public static Task GoesOn(long task, string title) => MayEnd.WaitAsync();
}
