using MPanel.NodeAgent.Logs;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent;

/// <summary>The agent's life: mend what a kill left, enrol, deliver old outcomes, then work until asked to stop.</summary>
internal sealed partial class Agent(
    AgentOptions options,
    NginxKeeper nginx,
    AccessLogs logs,
    Enrolment enrolment,
    OutboxSender sender,
    WorkLoop work,
    Heartbeat heartbeat,
    InventoryLook inventory,
    TrafficReport traffic,
    TokenFile token,
    TimeProvider time,
    ILogger<Agent> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var over = new CancellationTokenSource();
        using var drain = stoppingToken.Register(() => Drain(over));
        using var bound = over.Token.Register(LogOver);
        LogStarted(AgentVersion.Current, options.PanelUrl);
        await Steadily("start", nginx.Mend, stoppingToken);
        // Sites must come up after a reboot whether the panel answers or not.
        var keeping = Task.WhenAll(Steadily("nginx", nginx.Run, stoppingToken), Steadily("access log", logs.Run, stoppingToken));
        await Steadily("enrolment", enrolment.Ensure, stoppingToken);
        if (!stoppingToken.IsCancellationRequested)
            await Work(stoppingToken, over.Token);
        await keeping;
        await nginx.End();
        LogStopped();
    }

    private void Drain(CancellationTokenSource over)
    {
        LogStopping(options.DrainSeconds);
        over.CancelAfter(TimeSpan.FromSeconds(options.DrainSeconds));
    }

    private async Task Work(CancellationToken stopping, CancellationToken over)
    {
        LogReady(token.Server, options.Slots, work.Types);
        await Steadily("outbox", sender.SendAll, stopping);
        var beside = Task.WhenAll(
            Steadily("heartbeat", heartbeat.Run, stopping),
            Steadily("outbox", sender.Run, stopping),
            Steadily("inventory", inventory.Run, stopping),
            Steadily("traffic", traffic.Run, stopping)
        );
        await work.Run(stopping, over);
        await beside;
    }

    // What breaks is tried again: no part may take the agent with it.
    private async Task Steadily(string what, Func<CancellationToken, Task> run, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await run(stopping);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogBroken(e, what);
                await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(5), time, stopping));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "MPanel agent {Version} starts, panel {Panel}")]
    private partial void LogStarted(string version, string panel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready as {Server}: {Slots} slots for {Types}")]
    private partial void LogReady(string server, int slots, string[] types);

    [LoggerMessage(Level = LogLevel.Information, Message = "The agent is to stop: no more claims, {Seconds} s to finish")]
    private partial void LogStopping(int seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The time to finish is over")]
    private partial void LogOver();

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped")]
    private partial void LogStopped();

    [LoggerMessage(Level = LogLevel.Error, Message = "The {What} broke; it goes on in 5 s")]
    private partial void LogBroken(Exception e, string what);
}
