using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Failure">Why the ledger is not served; null when it is.</param>
/// <param name="Earlier">Workers that still have the earlier configuration.</param>
internal sealed record SwitchEnd(TaskFailure? Failure, IReadOnlyList<int> Earlier);

/// <summary>
/// Renders the ledger aside, tests it, makes it the live generation and has nginx read it; or puts the batch's entries back and leaves nginx as
/// it was. Under the node lock. Killed anywhere it leaves the earlier generation or the new one, and the ledger says which it shall be.
/// </summary>
internal sealed class NginxSwap(
    AgentOptions options,
    Ledger ledger,
    SiteMaps maps,
    Generations generations,
    ForeignFiles foreign,
    Quarantine quarantine,
    MainConfig main,
    NginxServer nginx
)
{
    public bool IsCurrent() => generations.IsLoaded(Render(out _));

    public async Task<SwitchEnd> Serve(SwitchBatch batch, bool anew)
    {
        while (true)
        {
            if (batch.IsAbandoned)
                return await PutBack(batch, new TaskFailure("agent_stopped", "The task ended before nginx was switched."));
            var generation = Render(out var replaced);
            if (!anew && replaced.Count == 0 && nginx.Master() is not null && generations.IsLoaded(generation) && main.IsInPlace)
            {
                generations.Clear();
                return new SwitchEnd(null, []);
            }
            // Also when nginx is only to be started: a foreign file may have been broken since it was tested.
            var number = await batch.Do(
                Effect.GenerationWrite,
                "writing nginx's maps aside",
                () => Task.FromResult(generations.Write(generation))
            );
            var test = options.NginxManaged ? await Tested(batch, number) : await TestedInPlace(batch, number, replaced);
            if (!test.Valid && await Broken(test) is { } broken)
            {
                await batch.Do(
                    Effect.Quarantine,
                    $"nginx can't read {broken}, leaving it out",
                    () => quarantine.Take(broken, LogText.Clean(test.Said))
                );
                continue;
            }
            if (!test.Valid)
                return await PutBack(batch, NginxServer.InvalidConfig(test));
            if (await DropConflicting(batch, test))
                continue;
            if (batch.IsAbandoned)
                continue;
            if (options.NginxManaged)
                await batch.Do(Effect.GenerationSwap, "making them the live ones", () => MakeLive(number));
            return await Load(batch, replaced);
        }
    }

    // nginx names most culprits. A certificate that is missing it tells without the file that asks for it: then halving finds that.
    private async Task<string?> Broken(NginxTest test)
    {
        if (!options.NginxManaged)
            return null;
        var read = Read(out _);
        if (NginxServer.CulpritOf(test) is { } culprit && read.Contains(culprit))
            return culprit;
        var (good, bad) = (0, read.Count);
        if (bad == 0 || !await IsValid([]))
            return null;
        while (bad - good > 1)
        {
            var middle = (good + bad) / 2;
            if (await IsValid(read.Take(middle)))
                good = middle;
            else
                bad = middle;
        }
        return read[bad - 1];
    }

    private async Task<bool> IsValid(IEnumerable<string> files)
    {
        var number = generations.Write(maps.Render(ledger.All(), [.. files]));
        return (await nginx.Test(generations.TestConfigOf(number))).Valid;
    }

    private NginxGeneration Render(out IReadOnlyList<ForeignFile> replaced) => maps.Render(ledger.All(), Read(out replaced));

    private IReadOnlyList<string> Read(out IReadOnlyList<ForeignFile> replaced)
    {
        var all = foreign.All();
        replaced = [.. all.Where(f => f.WebsiteId is { } id && (ledger.Of(id) is not null || ledger.ErasedOf(id) is not null))];
        // The host's nginx includes them by itself.
        var gone = replaced;
        return options.NginxManaged ? [.. all.Except(gone).Select(f => f.Path)] : [];
    }

    private Task<NginxTest> Tested(SwitchBatch batch, int number) =>
        batch.Do(Effect.NginxTest, "testing nginx's configuration with them", () => nginx.Test(generations.TestConfigOf(number)));

    // The host's main configuration is not ours to copy: what is tested is what stands there, and the earlier state comes back when it fails.
    private async Task<NginxTest> TestedInPlace(SwitchBatch batch, int number, IReadOnlyList<ForeignFile> replaced)
    {
        var earlier = generations.Current();
        await batch.Do(Effect.GenerationSwap, "making them the live ones", () => MakeLive(number));
        foreach (var file in replaced)
            main.TakeAside(file.Path);
        var test = await batch.Do(Effect.NginxTest, "testing nginx's configuration", () => nginx.Test());
        if (test.Valid && !Conflicting(batch, test).Any())
            return test;
        await batch.Do(
            Effect.GenerationBack,
            "making the earlier ones live again",
            () =>
            {
                generations.Swap(earlier);
                main.Write();
                main.BringBack(all: true);
            }
        );
        return test;
    }

    private void MakeLive(int number)
    {
        generations.Swap(number);
        main.Write();
    }

    private static IEnumerable<(SwitchTicket Ticket, string[] Names)> Conflicting(SwitchBatch batch, NginxTest test)
    {
        var conflicts = NginxServer.Conflicts(test);
        return batch
            .Left.Select(t => (t, t.Entry?.Spec.Names.Select(n => n.Name).Where(conflicts.Contains).ToArray() ?? []))
            .Where(t => t.Item2.Length > 0);
    }

    // A foreign file has one of their names, and nginx would serve either: those tasks end here, the others go on.
    private async Task<bool> DropConflicting(SwitchBatch batch, NginxTest test)
    {
        var any = false;
        foreach (var (ticket, names) in Conflicting(batch, test).ToArray())
        {
            await batch.Do(Effect.LedgerBack, $"putting website {ticket.WebsiteId} back as it was", () => PutBack(ticket));
            batch.Drop(ticket);
            ticket.End(
                new TaskFailure(
                    "domain_already_served",
                    $"Another vhost on this node serves {string.Join(", ", names)}. nginx says: {test.Said}",
                    Permanent: true
                )
            );
            any = true;
        }
        return any;
    }

    private async Task<SwitchEnd> PutBack(SwitchBatch batch, TaskFailure failure)
    {
        foreach (var ticket in batch.Left)
            await batch.Do(Effect.LedgerBack, $"putting website {ticket.WebsiteId} back as it was", () => PutBack(ticket));
        generations.Clear();
        return new SwitchEnd(failure, []);
    }

    // Unless somebody has written there since.
    private void PutBack(SwitchTicket ticket)
    {
        if (ledger.Of(ticket.WebsiteId)?.Hash != ticket.Entry?.Hash)
            return;
        if (ticket.Previous is not null)
            ledger.Put(ticket.Previous);
        else if (ticket.Entry is not null)
            ledger.Remove(ticket.WebsiteId);
    }

    private async Task<SwitchEnd> Load(SwitchBatch batch, IReadOnlyList<ForeignFile> replaced)
    {
        IReadOnlyList<int> earlier = [];
        if (nginx.Master() is null)
        {
            if (await batch.Do(Effect.NginxStart, "nginx is down, starting it", nginx.Start) is { } down)
            {
                generations.Clear();
                return new SwitchEnd(down, []);
            }
        }
        else
        {
            var reloaded = await batch.Do(Effect.NginxReload, "reloading nginx", () => Task.FromResult(nginx.Reload()));
            if (reloaded is null)
                return new SwitchEnd(new TaskFailure("nginx_not_running", "nginx ended before it could be reloaded."), []);
            earlier = reloaded;
        }
        if (generations.Current() is { } current)
            generations.MarkLoaded(current);
        await batch.Do(
            Effect.GenerationClear,
            "removing the earlier maps",
            () =>
            {
                generations.Clear();
                main.Discard(replaced.Select(f => f.Path));
            }
        );
        return new SwitchEnd(null, earlier);
    }
}
