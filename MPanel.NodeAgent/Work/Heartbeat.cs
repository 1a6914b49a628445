using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Work;

/// <summary>Tells the panel every few seconds that the node lives, what it can do and how it and its services fare.</summary>
internal sealed partial class Heartbeat(
    AgentOptions options,
    WorkLoop work,
    NodeMeter meter,
    NginxHealth nginx,
    InventoryLook inventory,
    PanelClient panel,
    TimeProvider time,
    ILogger<Heartbeat> logger
)
{
    private string _state = "";

    public async Task Run(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.HeartbeatSeconds), time);
        do
        {
            var request = new HeartbeatRequest(
                AgentVersion.Current,
                work.Types,
                work.FreeSlots,
                meter.Read(),
                [await nginx.Look(stopping)]
            );
            var answer = await panel.Heartbeat(request, stopping);
            if (answer.Body is { } heard)
            {
                Note(heard.State);
                inventory.Ask(heard.InventoryAskedAt);
            }
            else
                LogUnheard(answer.Reason);
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    private void Note(string state)
    {
        if (state == _state)
            return;
        _state = state;
        LogState(state);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The panel has this server as {State}")]
    private partial void LogState(string state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The heartbeat was not heard: {Reason}")]
    private partial void LogUnheard(string reason);
}
