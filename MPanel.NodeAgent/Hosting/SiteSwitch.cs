using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// Brings the ledger into nginx. Tasks that wait together share one test and one reload: each writes its entry under the node lock and asks;
/// one switch serves all who have asked so far, those who come meanwhile wait for the next. A task that may no longer go on is served along
/// with the others: what it wrote is what the panel wanted, and a newer task brings a higher revision. When nobody of a batch may go on, its
/// entries are put back.
/// </summary>
internal sealed partial class SiteSwitch(
    AgentOptions options,
    NodeLock node,
    Ledger ledger,
    NginxServer nginx,
    NginxSwap swap,
    Generations generations,
    FaultSwitch faults,
    ILogger<SiteSwitch> logger
)
{
    private readonly Lock _lock = new();
    private readonly List<SwitchTicket> _waiting = [];
    private bool _leading;

    /// <summary>Writes the entry, or takes it off when null, and asks for it to be served. Under the node lock.</summary>
    /// <param name="burial">What a removal has noted before.</param>
    public SwitchTicket Enter(TaskRun run, long websiteId, LedgerEntry? entry, Burial? burial = null)
    {
        var ticket = new SwitchTicket(run, websiteId, entry, ledger.Of(websiteId), burial);
        if (entry is not null)
            ledger.Put(entry);
        else if (ticket.Previous is not null)
            ledger.Remove(websiteId);
        lock (_lock)
        {
            _waiting.Add(ticket);
            if (!_leading)
            {
                _leading = true;
                // Not in the name of the task that comes first.
                using (ExecutionContext.SuppressFlow())
                    _ = Task.Run(Lead);
            }
        }
        return ticket;
    }

    /// <summary>Whether nginx has been told to read what the ledger says. Under the node lock.</summary>
    public bool IsCurrent() => nginx.Master() is not null && swap.IsCurrent();

    /// <summary>Serves the ledger without a task, as at the agent's start or when nginx is down.</summary>
    /// <param name="anew">Even when the files seem right and nginx seems to have read them.</param>
    public async Task<TaskFailure?> ServeLedger(bool anew, CancellationToken stopping)
    {
        SwitchEnd end;
        using (await node.Take(stopping))
            end = await swap.Serve(new SwitchBatch([], faults), anew);
        return await Retire(end) || !anew || !options.NginxManaged ? end.Failure : await StartAnew(stopping);
    }

    // nginx can't change from one address to all of them while it holds the one: it goes on with the earlier configuration.
    private async Task<TaskFailure?> StartAnew(CancellationToken stopping)
    {
        using var held = await node.Take(stopping);
        // What would not start is not stopped.
        if (await nginx.Test() is { Valid: false } test)
            return NginxServer.InvalidConfig(test);
        LogStartedAnew();
        return await nginx.Stop() ? await nginx.Start() : new TaskFailure("nginx_not_running", "The earlier nginx can't be ended.");
    }

    private async Task Lead()
    {
        while (true)
        {
            try
            {
                await ServeWaiting();
            }
            catch (Exception e)
            {
                LogBroken(e);
            }
            lock (_lock)
            {
                if (_waiting.Count > 0)
                    continue;
                _leading = false;
                return;
            }
        }
    }

    private async Task ServeWaiting()
    {
        SwitchTicket[] taken = [];
        try
        {
            SwitchEnd end;
            using (await node.Take(CancellationToken.None))
            {
                taken = TakeWaiting();
                end = await swap.Serve(new SwitchBatch(taken, faults), anew: false);
            }
            // Before that an old worker may take the next visitor. Not under the lock: the next tasks write their entries meanwhile.
            var retired = await Retire(end);
            foreach (var ticket in taken)
                ticket.End(end.Failure ?? (retired ? null : Busy));
        }
        catch (Exception e)
        {
            // Also those that were not taken yet, when the lock could not be had: nobody waits for ever.
            foreach (var ticket in taken.Length > 0 ? taken : TakeWaiting())
                ticket.Break(e);
            throw;
        }
    }

    private SwitchTicket[] TakeWaiting()
    {
        lock (_lock)
        {
            SwitchTicket[] taken = [.. _waiting];
            _waiting.Clear();
            return taken;
        }
    }

    private static TaskFailure Busy => new("site_not_answering", "After the reload nginx's earlier workers still take requests.");

    private async Task<bool> Retire(SwitchEnd end)
    {
        if (await nginx.Retired(end.Earlier, TimeSpan.FromSeconds(options.ProbeSeconds), CancellationToken.None))
            return true;
        await Doubt(CancellationToken.None);
        return false;
    }

    /// <summary>nginx does not serve what it was told to read, as when it ran out of files: the next switch tells it again.</summary>
    public async Task Doubt(CancellationToken cancelled)
    {
        using (await node.Take(cancelled))
            generations.MarkNotLoaded();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "nginx did not take its new configuration while it runs; it is started anew")]
    private partial void LogStartedAnew();

    [LoggerMessage(Level = LogLevel.Error, Message = "A switch of nginx's configuration broke")]
    private partial void LogBroken(Exception e);
}
