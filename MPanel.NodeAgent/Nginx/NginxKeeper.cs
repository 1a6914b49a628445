using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <summary>Mends what a killed agent left, starts a managed nginx and sees that it goes on running.</summary>
internal sealed partial class NginxKeeper(
    AgentOptions options,
    NginxServer nginx,
    VhostJournal journal,
    NodeLock node,
    TimeProvider time,
    ILogger<NginxKeeper> logger
)
{
    private string _said = "";

    public async Task Mend(CancellationToken stopping)
    {
        using var held = await node.Take(stopping);
        if (journal.Restore() is { } file)
            LogRestored(file);
        // Also for a main configuration that this version of the agent writes differently.
        nginx.Reload();
        journal.Forget();
    }

    public async Task Run(CancellationToken stopping)
    {
        if (!options.NginxManaged)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), time);
        do
        {
            if (nginx.Master() is null)
                await Start(stopping);
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    public async Task End()
    {
        if (options is { NginxManaged: true, NginxStopOnExit: true })
            await nginx.Stop();
    }

    private async Task Start(CancellationToken stopping)
    {
        using var held = await node.Take(stopping);
        if (nginx.Master() is not null)
            return;
        var failure = await nginx.Start();
        var said = failure is null ? "nginx was started" : LogText.Clean($"{failure.Code}: {failure.Message}");
        if (failure is null)
            LogStarted();
        else if (said != _said)
            LogDown(said);
        _said = said;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An unfinished change of {File} was taken back")]
    private partial void LogRestored(string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "nginx was started")]
    private partial void LogStarted();

    [LoggerMessage(Level = LogLevel.Error, Message = "nginx is down: {Reason}")]
    private partial void LogDown(string reason);
}
