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
    DoubledNames doubled,
    MainConfig main,
    NginxServer nginx,
    NginxTrial trial,
    BatchEntries entries
)
{
    // Tests whose answers contradict each other are given up.
    private const int MostRounds = 3;
    private static readonly TimeSpan RetireBound = TimeSpan.FromSeconds(1);
    private IReadOnlyList<int> _retiring = [];

    public bool IsCurrent() => generations.IsLoaded(Render(out _));

    public async Task<SwitchEnd> Serve(SwitchBatch batch, bool anew)
    {
        try
        {
            return await ServeOrRefuse(batch, anew);
        }
        catch when (!batch.Stands)
        {
            // No room, no memory: what nginx was never asked about does not stay.
            await entries.PutBack(batch);
            throw;
        }
    }

    private async Task<SwitchEnd> ServeOrRefuse(SwitchBatch batch, bool anew)
    {
        for (var refusals = 0; ; )
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
            if (test.TimedOut)
                return await PutBack(batch, NginxServer.InvalidConfig(test));
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
            {
                if (++refusals > MostRounds || !await entries.RefuseGuilty(batch))
                    return await PutBack(batch, NginxServer.InvalidConfig(test));
                continue;
            }
            if (await DropConflicting(batch, test))
                continue;
            if (batch.IsAbandoned)
            {
                if (!options.NginxManaged)
                    await GenerationBack(batch);
                continue;
            }
            generations.MarkTested(number);
            doubled.Note(NginxServer.Conflicts(test).Where(name => ledger.OwnerOf(name) is not null));
            batch.Stands = true;
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
        {
            // The same twice: for want of memory or time nginx accuses anybody.
            return NginxServer.CulpritOf(await trial.Of(ledger.All(), read)) == culprit ? culprit : null;
        }
        return await NginxTrial.FirstBad(read.Count, async n => (await trial.Of(ledger.All(), read.Take(n))).Valid) is { } bad
            ? read[bad]
            : null;
    }

    private NginxGeneration Render(out IReadOnlyList<ForeignFile> replaced) => maps.Render(ledger.All(), Read(out replaced));

    private IReadOnlyList<string> Read(out IReadOnlyList<ForeignFile> replaced)
    {
        var all = foreign.All().Where(f => !quarantine.Holds(f.Path)).ToList();
        replaced = [.. all.Where(f => f.WebsiteId is { } id && ledger.Replaces(id))];
        // The host's nginx includes them by itself.
        var gone = replaced;
        return options.NginxManaged ? [.. all.Except(gone).Select(f => f.Path)] : [];
    }

    private Task<NginxTest> Tested(SwitchBatch batch, int number) =>
        batch.Do(Effect.NginxTest, "testing nginx's configuration with them", () => nginx.Test(generations.TestConfigOf(number)));

    // The host's main configuration is not ours to copy: what is tested is what stands there, and the earlier state comes back when it fails.
    private async Task<NginxTest> TestedInPlace(SwitchBatch batch, int number, IReadOnlyList<ForeignFile> replaced)
    {
        await batch.Do(Effect.GenerationSwap, "making them the live ones", () => MakeLive(number));
        foreach (var file in replaced)
            main.TakeAside(file.Path);
        try
        {
            var test = await batch.Do(Effect.NginxTest, "testing nginx's configuration", () => nginx.Test());
            if (!test.Valid || Conflicting(batch, test).Count > 0)
                await GenerationBack(batch);
            return test;
        }
        catch
        {
            await GenerationBack(batch);
            throw;
        }
    }

    // Not the one that was live: a kill may have left one there that nginx never took.
    private Task GenerationBack(SwitchBatch batch) =>
        batch.Do(
            Effect.GenerationBack,
            "making the earlier ones live again",
            () =>
            {
                generations.Swap(generations.Tested());
                main.Write();
                main.BringBack(all: true);
            }
        );

    private void MakeLive(int number)
    {
        generations.Swap(number);
        main.Write();
    }

    private static Dictionary<SwitchTicket, string[]> Conflicting(SwitchBatch batch, NginxTest test)
    {
        var conflicts = NginxServer.Conflicts(test);
        return batch
            .Left.Select(t => (Ticket: t, Names: NewNames(t).Where(conflicts.Contains).ToArray()))
            .Where(t => t.Names.Length > 0)
            .ToDictionary(t => t.Ticket, t => t.Names);
    }

    // A name that the website has already stays its own: a file that came later must not keep it from being suspended.
    private static IEnumerable<string> NewNames(SwitchTicket ticket) =>
        (ticket.Entry?.Spec.Names ?? []).Select(n => n.Name).Except((ticket.Previous?.Spec.Names ?? []).Select(n => n.Name));

    // A foreign file has one of their names, and nginx would serve either: those tasks end here, the others go on.
    private async Task<bool> DropConflicting(SwitchBatch batch, NginxTest test)
    {
        var conflicting = Conflicting(batch, test);
        if (conflicting.Count == 0)
            return false;
        await entries.Refuse(batch, conflicting.ToDictionary(c => c.Key, c => Taken(c.Value, test)));
        return true;
    }

    private static TaskFailure Taken(string[] names, NginxTest test) =>
        new(
            "domain_already_served",
            $"Another vhost on this node serves {string.Join(", ", names)}. nginx says: {test.Said}",
            Permanent: true
        );

    private async Task<SwitchEnd> PutBack(SwitchBatch batch, TaskFailure failure)
    {
        await entries.PutBack(batch);
        generations.Clear();
        // The last that nginx has taken is better than nothing.
        if (options.NginxManaged && nginx.Master() is null)
            await nginx.Start();
        return new SwitchEnd(failure, []);
    }

    private async Task<SwitchEnd> Load(SwitchBatch batch, IReadOnlyList<ForeignFile> replaced)
    {
        IReadOnlyList<int> earlier = [];
        await nginx.EndQuitting();
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
            // Of two reloads at once only the first one's workers would be known, and those between them could serve what is gone by then.
            await nginx.Retired(_retiring, RetireBound, CancellationToken.None);
            var reloaded = await batch.Do(Effect.NginxReload, "reloading nginx", () => Task.FromResult(nginx.Reload()));
            if (reloaded is null)
                return new SwitchEnd(new TaskFailure("nginx_not_running", "nginx ended before it could be reloaded."), []);
            _retiring = earlier = reloaded;
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
