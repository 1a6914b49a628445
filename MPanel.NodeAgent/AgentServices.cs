using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Logs;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent;

internal static class AgentServices
{
    // What the last calls to the panel may take after the tasks have ended.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(60);

    public static void AddAgent(this IHostApplicationBuilder builder, AgentOptions options)
    {
        builder.ConfigureContainer(
            new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true })
        );
        var services = builder.Services;
        services.AddSingleton(options).AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(h => h.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds) + Farewell);
        services.AddSingleton<NodeLock>().AddSingleton<NodeMeter>();
        services
            .AddSingleton<NginxLayout>()
            .AddSingleton<NginxPrefix>()
            .AddSingleton<NginxServer>()
            .AddSingleton<NginxKeeper>()
            .AddSingleton<NginxVisitor>()
            .AddSingleton<NginxHealth>();
        services.AddSingleton<FirstReleaseJournal>().AddSingleton<ForeignFiles>().AddSingleton<Quarantine>().AddSingleton<Generations>();
        services.AddSingleton<DoubledNames>();
        services.AddSingleton<TokenFile>().AddSingleton<Enrolment>().AddSingleton(Panel);
        services.AddSingleton<Outbox>().AddSingleton<OutboxSender>().AddSingleton<TaskRunner>().AddSingleton<TaskHooks>();
        services.AddSingleton<FaultSwitch>().AddSingleton<WorkLoop>().AddSingleton<Heartbeat>().AddSingleton<InventoryLook>();
        services
            .AddSingleton<SiteUser>()
            .AddSingleton<SiteTree>()
            .AddSingleton<FirstReleaseTree>()
            .AddSingleton<Ledger>()
            .AddSingleton<SiteMaps>()
            .AddSingleton<MainConfig>()
            .AddSingleton<NginxTrial>()
            .AddSingleton<BatchEntries>()
            .AddSingleton<NginxSwap>()
            .AddSingleton<SiteSwitch>()
            .AddSingleton<SiteProcesses>()
            .AddSingleton<SiteArchive>()
            .AddSingleton<SiteInspection>()
            .AddSingleton<SiteEraser>()
            .AddSingleton<ApplySite>()
            .AddSingleton<RemoveSite>()
            .AddSingleton<SiteProbe>()
            .AddSingleton<PlanLimits>();
        services
            .AddSingleton<TakenLogs>()
            .AddSingleton<LogHomes>()
            .AddSingleton<SiteLog>()
            .AddSingleton<PackedLogs>()
            .AddSingleton<TrafficBook>()
            .AddSingleton<LogCursor>()
            .AddSingleton<LogRoom>()
            .AddSingleton<LogSplit>()
            .AddSingleton<LogSweep>()
            .AddSingleton<LogRun>()
            .AddSingleton<AccessLogs>()
            .AddSingleton<TrafficReport>();
        services.AddSingleton<ITaskHandler, HostingHandler>();
        services.AddHostedService<Agent>();
    }

    private static PanelClient Panel(IServiceProvider services)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) };
        var http = new HttpClient(handler)
        {
            BaseAddress = new Uri(services.GetRequiredService<AgentOptions>().PanelUrl),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = 1024 * 1024,
        };
        return new PanelClient(http, services.GetRequiredService<TokenFile>(), services.GetRequiredService<TimeProvider>());
    }
}
