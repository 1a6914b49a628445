using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// What a batch has written into the ledger, when nginx does not take it: only the tasks at fault fail, and nothing of them stays. An entry
/// that nobody took back, as after a kill, is set aside: it keeps its names and is not served. Under the node lock.
/// </summary>
internal sealed partial class BatchEntries(Ledger ledger, NginxTrial trial, ILogger<BatchEntries> logger)
{
    // More are no fault of single entries.
    private const int MostSetAside = 20;

    /// <summary>The ledger is as it was before the batch: the last that was written goes first.</summary>
    public async Task PutBack(SwitchBatch batch)
    {
        foreach (var ticket in batch.Left.Reverse())
            await PutBack(batch, ticket);
    }

    /// <summary>Ends tasks, and leaves of the batch what stands without them.</summary>
    public async Task Refuse(SwitchBatch batch, IReadOnlyDictionary<SwitchTicket, TaskFailure> refused)
    {
        await PutBack(batch);
        foreach (var ticket in batch.Left.ToArray())
        {
            if ((refused.GetValueOrDefault(ticket) ?? Enter(ticket)) is { } failure)
                End(batch, ticket, failure);
        }
    }

    /// <summary>Tries the batch's changes one by one; those that nginx refuses fail and are put back.</summary>
    /// <returns>False when nginx takes nothing, whatever is left out: then the ledger is as it was before the batch.</returns>
    public async Task<bool> RefuseGuilty(SwitchBatch batch)
    {
        await PutBack(batch);
        if (!await SetGuiltyAside())
            return false;
        foreach (var ticket in batch.Left.ToArray())
        {
            if (Enter(ticket) is { } taken)
            {
                End(batch, ticket, taken);
                continue;
            }
            var test = await batch.Do(
                Effect.NginxTest,
                $"testing with the change of website {ticket.WebsiteId} alone",
                () => trial.Of(ledger.All(), [])
            );
            if (test.Valid)
                continue;
            await PutBack(batch, ticket);
            End(batch, ticket, NginxServer.InvalidConfig(test));
        }
        return true;
    }

    // Without foreign files: what is wrong with those is found by itself.
    private async Task<bool> SetGuiltyAside()
    {
        for (var tries = 0; tries < MostSetAside; tries++)
        {
            var test = await trial.Of(ledger.All(), []);
            if (test.Valid)
                return true;
            var served = ledger.All().Where(e => e.SetAside is null).ToList();
            if (await NginxTrial.FirstBad(served.Count, async n => (await trial.Of(served.Take(n), [])).Valid) is not { } bad)
                return (await trial.Of(ledger.All(), [])).Valid;
            var said = LogText.Clean(test.Said);
            ledger.Put(served[bad] with { SetAside = said });
            LogSetAside(served[bad].Spec.WebsiteId, said);
        }
        return false;
    }

    private Task PutBack(SwitchBatch batch, SwitchTicket ticket) =>
        batch.Do(Effect.LedgerBack, $"putting website {ticket.WebsiteId} back as it was", () => PutBack(ticket));

    // Unless the other agent of this nginx has written there since.
    private void PutBack(SwitchTicket ticket)
    {
        if (ledger.Of(ticket.WebsiteId)?.Hash != ticket.Entry?.Hash)
            return;
        if (ticket.Burial is { Earlier: { } earlier })
            ledger.Bury(earlier);
        else if (ticket.Burial is not null)
            ledger.Exhume(ticket.WebsiteId);
        if (ticket.Previous is not null)
            ledger.Put(ticket.Previous);
        else if (ticket.Entry is not null)
            ledger.Remove(ticket.WebsiteId);
    }

    private TaskFailure? Enter(SwitchTicket ticket)
    {
        // It took a name that another of the batch gave up, and that one was refused. It may come again.
        if (ticket.Entry is not null && LedgerRules.TakenName(ledger, ticket.Entry.Spec) is { } taken)
            return taken with { Permanent = false };
        ticket.Previous = ledger.Of(ticket.WebsiteId);
        if (ticket.Burial is not null)
            ledger.Bury(ticket.Burial.Now);
        if (ticket.Entry is not null)
            ledger.Put(ticket.Entry);
        else if (ticket.Previous is not null)
            ledger.Remove(ticket.WebsiteId);
        return null;
    }

    private static void End(SwitchBatch batch, SwitchTicket ticket, TaskFailure failure)
    {
        batch.Drop(ticket);
        ticket.End(failure);
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "nginx refuses what the ledger says of website {WebsiteId}: it was set aside and is not served, everything else is. nginx says: {Said}"
    )]
    private partial void LogSetAside(long websiteId, string said);
}
