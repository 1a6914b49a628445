using System.Diagnostics;
using MPanel.Faults.Fire;
using MPanel.Faults.Invariants;
using MPanel.Faults.Orders;
using MPanel.Faults.Reporting;
using MPanel.Faults.World;

namespace MPanel.Faults;

/// <summary>One run: build the world, let orders come and faults strike, settle, check, tell.</summary>
public sealed class FaultSession(FaultOptions options)
{
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(4);
    private readonly Stopwatch _since = Stopwatch.StartNew();

    /// <returns>Whether every invariant held.</returns>
    public async Task<bool> Run(CancellationToken stop)
    {
        Say($"Seed {options.Seed}, {options.Fire.TotalMinutes:0.#} minutes of fire");
        await using var world = await FaultWorld.Start(options.Keep);
        Say(options.Keep ? $"The world stands; its logs are in {world.Logs}" : "The world stands");
        if (!world.Nodes[0].HasDisk)
            Say("This machine mounts no file system for us: no disk is filled or made read-only.");
        if (!Node.CanFakeTime)
            Say("libfaketime is not installed: no clock is set wrong.");

        var sites = new SiteWatch(world);
        var orders = new OrderGenerator(options.Seed);
        using var marketing = new MarketingApi(world, options.Seed);
        using var admins = new AdminDesk(world, options.Seed);
        var watch = new InvariantWatch(world, marketing);
        var fire = new FireRun(world, new FaultCatalogue(world, sites, options.Seed, options.Only), orders, marketing, sites, options.Seed);

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var selling = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] watchers = [sites.Run(watching.Token), watch.Run(watching.Token), Progress(marketing, fire, sites, watching.Token)];
        var refunds = new RefundDesk(world, options.Seed);
        await refunds.Register();
        var trade = new Trade(orders, marketing, admins, options.Seed, refunds).Run(selling.Token, stop);
        var burning = fire.Run(options.Fire, stop);
        // None of the others ends before the fire does, unless the harness itself is broken; then there is nothing to wait for.
        await await Task.WhenAny([burning, trade, .. watchers]);
        await burning;
        stop.ThrowIfCancellationRequested();
        Say("The fire is out; settling");
        await selling.CancelAsync();
        await trade;
        var failed = await WhatFailed(world);
        var open = await new Settling(world, marketing, admins, refunds).Run(Settling);
        Say(open.Count == 0 ? "All came to rest" : $"{open.Count} things never came to rest");
        await watching.CancelAsync();
        await Task.WhenAll(watchers);

        var check = new FinalCheck(world, marketing, admins, sites, refunds);
        List<Invariant> invariants =
        [
            new("everything comes to rest", marketing.Orders.Count, open),
            new("what was hit recovers by itself", fire.Strikes.Count, fire.Unrecovered),
            failed,
            new("no site of anyone else stopped answering", sites.Visits, sites.Silent),
            .. watch.Results,
            .. await check.Run(),
        ];
        invariants.Add(
            new(
                "a world tampered with is noticed by each check",
                invariants.Count,
                await new Tampering(world, admins, watch, check).Unnoticed()
            )
        );
        return Tell(fire, marketing, admins, invariants);
    }

    // Before admins clear up: then there is something to be listed.
    private static async Task<Invariant> WhatFailed(FaultWorld world)
    {
        await FaultWorld.Until(
            async () => (await Task.WhenAll(world.Webs.Select(world.AskReady))).All(ready => ready),
            "both web processes",
            TimeSpan.FromMinutes(1)
        );
        await using var db = await world.Observer.OpenConnectionAsync();
        var (count, wrong) = await Lists.Compare(world, db);
        return new Invariant("failed work stands on the failed lists (before clearing up)", count, wrong);
    }

    private bool Tell(FireRun fire, MarketingApi marketing, AdminDesk admins, IReadOnlyList<Invariant> invariants)
    {
        Console.WriteLine();
        Console.WriteLine(FaultReport.Recoveries(fire.Strikes));
        foreach (var slow in fire.Slow)
            Console.WriteLine($"  slow: {slow}");
        Console.WriteLine();
        foreach (var kind in marketing.Orders.GroupBy(o => o.Plan.Kind).OrderBy(g => g.Key))
            Console.WriteLine($"  {kind.Key}: {kind.Count()} orders, {kind.Count(o => o.Reference is not null)} acknowledged");
        Console.WriteLine($"  answers: {string.Join(", ", marketing.Answers.OrderBy(a => a.Key).Select(a => $"{a.Key} ×{a.Value}"))}");
        Console.WriteLine(
            $"  no answer within 8 s: {marketing.Hung.Count} {string.Join(", ", marketing.Hung.Select(h => $"{h:HH:mm:ss.fff}"))}"
        );
        Console.WriteLine($"  acts of admins: {admins.Acts.Count}");
        Console.WriteLine();
        foreach (var line in FaultReport.Lines(invariants))
            Console.WriteLine(line);
        var violated = invariants.Count(i => i.Violations.Count > 0);
        Console.WriteLine();
        Console.WriteLine(
            $"Faults: seed {options.Seed}, {fire.Strikes.Count} injected, {marketing.Orders.Count} orders, "
                + $"{invariants.Count - violated} invariants held, {violated} violated, in {_since.Elapsed.TotalSeconds:0} s."
        );
        return violated == 0;
    }

    private async Task Progress(MarketingApi marketing, FireRun fire, SiteWatch sites, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(30), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Say(
                $"{fire.Strikes.Count} faults, {marketing.Orders.Count} orders, {sites.Sites.Count} sites, {sites.Visits} visits, {sites.Silent.Count} unanswered"
            );
        }
    }

    private void Say(string what) => Console.WriteLine($"[{_since.Elapsed.TotalSeconds, 5:0}s] {what}");
}
