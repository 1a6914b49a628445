using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Nginx;

/// <summary>Mends what a killed agent left, starts a managed nginx and sees that it goes on running.</summary>
internal sealed partial class NginxKeeper(
    AgentOptions options,
    NginxServer nginx,
    FirstReleaseJournal journal,
    MainConfig main,
    Quarantine quarantine,
    SiteSwitch sites,
    NodeLock node,
    TimeProvider time,
    ILogger<NginxKeeper> logger
)
{
    private string _said = "";

    /// <summary>Renders the ledger anew: a kill or a power cut may have left anything of the live generation.</summary>
    public async Task Mend(CancellationToken stopping)
    {
        using (await node.Take(stopping))
        {
            if (journal.Restore() is { } file)
                LogRestored(file);
            main.BringBack(all: false);
            quarantine.Release(all: true);
        }
        // The host's nginx is started by the host.
        Say(await sites.ServeLedger(anew: true, stopping));
    }

    public async Task Run(CancellationToken stopping)
    {
        if (!options.NginxManaged)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), time);
        do
        {
            var down = nginx.Master() is null;
            if (quarantine.Release(all: false) || down)
                await Serve(down, stopping);
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    public async Task End()
    {
        if (options is { NginxManaged: true, NginxStopOnExit: true })
            _ = await nginx.Stop();
    }

    private async Task Serve(bool down, CancellationToken stopping)
    {
        var failure = await sites.ServeLedger(anew: false, stopping);
        if (failure is null && down)
            LogStarted();
        Say(failure);
    }

    private void Say(TaskFailure? failure)
    {
        var said = failure is null ? "" : LogText.Clean($"{failure.Code}: {failure.Message}");
        if (said.Length > 0 && said != _said)
            LogDown(said);
        _said = said;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An unfinished change of {File} was taken back")]
    private partial void LogRestored(string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "nginx was started")]
    private partial void LogStarted();

    [LoggerMessage(Level = LogLevel.Error, Message = "nginx does not serve what it should: {Reason}")]
    private partial void LogDown(string reason);
}
