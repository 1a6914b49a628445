using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Provisioning;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Provisioning;

public sealed class TaskPlacementTests : IAsyncLifetime
{
    private readonly Alarms _alarms = new();
    private ProvisioningWorld _world = null!;
    private ServiceProvider _services = null!;
    private IHostedService _placement = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.WithoutSeededServers();
        _services = new ServiceCollection()
            .AddMetrics()
            .AddSingleton<ProvisioningMetrics>()
            .AddSingleton(_world.DataSource)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ILogger<TaskPlacement>>(_alarms)
            .AddSingleton(
                Options.Create(
                    new ProvisioningOptions
                    {
                        PlacementInterval = TimeSpan.FromMilliseconds(50),
                        CountInterval = TimeSpan.FromMilliseconds(50),
                        AlarmInterval = TimeSpan.FromHours(1),
                    }
                )
            )
            .AddSingleton<ILogger<TaskAnnouncements>>(NullLogger<TaskAnnouncements>.Instance)
            .AddSingleton<TaskAnnouncements>()
            .AddSingleton(new RetiredServers(NullLogger<RetiredServers>.Instance))
            .AddSingleton<IHostedService, TaskPlacement>()
            .BuildServiceProvider();
        _placement = _services.GetRequiredService<IHostedService>();
    }

    public async ValueTask DisposeAsync()
    {
        await _placement.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Run_WithWebsitesThatWaitForAGoneServer_MovesThemWithAllTheirTasks()
    {
        var gone = await _world.Server("gone", count: 2);
        var live = await _world.Server("live");
        await _world.Heard(gone, "11 minutes", null, "hosting");
        await _world.Heard(live, "1 second", null, "hosting");
        var order = await _world.Order();
        var website = await _world.Website(order, gone);
        var hosting = await _world.Task(order, gone, websiteId: website);
        var backup = await _world.Task(order, gone, "backup", dependsOn: hosting, websiteId: website);
        var begun = await _world.Order();
        var stays = await _world.Task(begun, gone, websiteId: await _world.Website(begun, gone));
        await _world.Execute(
            "update provisioning_tasks set available_at = now() - interval '11 minutes', attempt = case id when @stays then 1 else 0 end",
            new { stays }
        );

        await _placement.StartAsync(CancellationToken.None);
        await Wait.Until(async () => (await _world.Facts(backup)).ServerName == "live", "the website's tasks to be moved");

        Assert.Equal(("live", "gone"), ((await _world.Facts(hosting)).ServerName, (await _world.Facts(stays)).ServerName));
        Assert.Equal(live, await _world.Scalar<long>("select server_id from websites where id = @website", new { website }));
        Assert.Equal(
            "1 1",
            await _world.Scalar<string>(
                "select string_agg(website_count::text, ' ' order by name) from servers where name in ('gone', 'live')"
            )
        );
        Assert.Equal(["task.hosting waiting", "task.backup waiting"], await _world.Timeline(order.Id));
    }

    [Fact]
    public async Task Run_WithoutAServerWithRoom_RaisesTheAlarmAndPlacesWhenThereIsOne()
    {
        var server = await _world.Server(capacity: 0);
        var tasks = new List<long>();
        for (var i = 0; i < 2; i++)
        {
            var order = await _world.Order();
            tasks.Add(await _world.Task(order, null, websiteId: await _world.Website(order, null)));
        }
        await _placement.StartAsync(CancellationToken.None);
        await Wait.Until(() => !_alarms.Raised.IsEmpty, "the alarm");

        await _world.Execute("update servers set website_capacity = 9 where id = @server", new { server });
        await Wait.Until(async () => (await _world.Facts(tasks[1])).ServerId == server, "the tasks to be placed");

        var (name, level, message) = _alarms.Raised.First();
        Assert.Equal(("NoServerWithRoom", LogLevel.Warning), (name, level));
        Assert.StartsWith("2 task(s) wait for an active web server with room", message, StringComparison.Ordinal);
        Assert.Equal(server, (await _world.Facts(tasks[0])).ServerId);
    }

    [Fact]
    public async Task Run_WithoutUnplacedTasks_RaisesNoAlarmAndCountsWhatIsOpen()
    {
        var server = await _world.Server();
        await _world.HostingTask(server);
        await _world.HostingTask(server);
        var counts = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        var meters = _services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "mpanel.provisioning.tasks" && instrument.Meter.Scope == meters)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counts[(string)tags[0].Value!] = value);
        listener.Start();
        await _placement.StartAsync(CancellationToken.None);

        await Wait.Until(
            () =>
            {
                listener.RecordObservableInstruments();
                return counts.TryGetValue("pending", out var pending) && pending == 2;
            },
            "two pending tasks in the metrics"
        );

        Assert.Empty(_alarms.Raised);
    }

    private sealed class Alarms : ILogger<TaskPlacement>
    {
        public ConcurrentQueue<(string? Name, LogLevel Level, string Message)> Raised { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (logLevel >= LogLevel.Warning)
                Raised.Enqueue((eventId.Name, logLevel, formatter(state, exception)));
        }
    }
}
