using System.Diagnostics;
using Dapper;
using MPanel.Faults.Fire;
using MPanel.Faults.Invariants;
using MPanel.Faults.Orders;
using MPanel.Faults.Reporting;
using MPanel.Faults.World;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Faults.Failover;

/// <summary>
/// A primary with a synchronous standby. While orders come in, the primary is killed and the standby promoted; the old primary comes back
/// as the standby, is gone for a while, and the same begins the other way round.
/// </summary>
public sealed class FailoverSession(FaultOptions options)
{
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(4);
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly Random _random = new(options.Seed);
    private readonly List<FailoverRound> _rounds = [];
    private readonly List<string> _lost = [];
    private long _looked;

    /// <returns>Whether every invariant held.</returns>
    public async Task<bool> Run(CancellationToken stop)
    {
        Say($"Seed {options.Seed}, {options.Fire.TotalMinutes:0.##} minutes of failovers");
        var postgres = await ReplicatedPostgres.Start(durable: true, "max_connections=150", "log_min_messages=fatal");
        // A small pool: four processes share what the server has to give, and the harness needs some of it.
        var connectionString = postgres.ConnectionString + ";Target Session Attributes=primary;Maximum Pool Size=20";
        await using var world = await FaultWorld.Start(options.Keep, postgres, connectionString);
        Say(options.Keep ? $"The world stands; its logs are in {world.Logs}" : "The world stands");

        var sites = new SiteWatch(world);
        var orders = new OrderGenerator(options.Seed);
        using var marketing = new MarketingApi(world, options.Seed);
        using var admins = new AdminDesk(world, options.Seed);
        var watch = new InvariantWatch(world, marketing);
        var recovery = new Recovery(world, orders, marketing);
        var lonely = new LonelyPrimary(world, postgres, orders, marketing);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var selling = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] watchers = [sites.Run(watching.Token), watch.Run(watching.Token)];
        var trade = new Trade(orders, marketing, admins, options.Seed).Run(selling.Token, stop);
        var failing = Fail(world, postgres, marketing, recovery, lonely, stop);
        // None of the others ends before, unless the harness itself is broken; then there is nothing to wait for.
        await await Task.WhenAny([failing, trade, .. watchers]);
        await failing;
        await selling.CancelAsync();
        await trade;
        Say("Settling");
        var open = await new Settling(world, marketing, admins).Run(Settling);
        await watching.CancelAsync();
        await Task.WhenAll(watchers);
        List<Invariant> invariants =
        [
            new("every acknowledged order is on the promoted server", _looked, _lost),
            new($"all goes on by itself within {Recovery.Bound.TotalSeconds:0} s of the promotion", _rounds.Count, recovery.Late),
            new("nothing is acknowledged while no standby has it, and refused in time", lonely.Answered.Count, lonely.Wrong),
            new("everything comes to rest", marketing.Orders.Count, open),
            new("no site of anyone else stopped answering", sites.Visits, sites.Silent),
            .. watch.Results,
            .. await new FinalCheck(world, marketing, admins, sites).Run(),
        ];
        return Tell(marketing, admins, lonely, invariants);
    }

    private async Task Fail(
        FaultWorld world,
        ReplicatedPostgres postgres,
        MarketingApi marketing,
        Recovery recovery,
        LonelyPrimary lonely,
        CancellationToken stop
    )
    {
        for (var since = Stopwatch.StartNew(); _rounds.Count == 0 || since.Elapsed < options.Fire; )
        {
            await Task.Delay(_random.Next(2000, 6000), stop);
            await postgres.Primary.Kill();
            // Nobody can acknowledge any more: all of these must be found on the other.
            var acknowledged = marketing.Orders.Where(o => o.Reference is not null).Select(o => o.Reference!).ToArray();
            var unnoticed = TimeSpan.FromMilliseconds(_random.Next(0, 4000));
            await Task.Delay(unnoticed, stop);
            await postgres.Promote();
            Say(
                $"Promoted {postgres.Primary.Name} {unnoticed.TotalSeconds:0.0} s after the kill; {acknowledged.Length} orders were acknowledged"
            );
            var measuring = recovery.Measure(stop);
            await LookForLost(world, acknowledged);
            var times = await measuring;
            var rejoining = Stopwatch.StartNew();
            var rewound = await postgres.Rejoin();
            var rejoined = rejoining.Elapsed;
            Say($"{postgres.Standby.Name} is the standby again, {(rewound ? "rewound" : "copied anew")}");
            var back = await lonely.Run(stop);
            _rounds.Add(new FailoverRound(unnoticed, times, rewound, rejoined, back));
        }
    }

    private async Task LookForLost(FaultWorld world, string[] acknowledged)
    {
        IEnumerable<string> lost = [];
        await FaultWorld.Until(
            async () =>
            {
                try
                {
                    await using var db = await world.Observer.OpenConnectionAsync();
                    lost = await db.QueryAsync<string>(
                        """
                        select r || ' is not there' from unnest(@acknowledged) r
                        where not exists (select 1 from order_intakes where reference = r)
                        """,
                        new { acknowledged }
                    );
                    return true;
                }
                catch (NpgsqlException)
                {
                    // It counts as a standby for a second more.
                    return false;
                }
            },
            "the promoted server to be asked",
            Recovery.Bound
        );
        _looked += acknowledged.Length;
        _lost.AddRange(lost);
    }

    private bool Tell(MarketingApi marketing, AdminDesk admins, LonelyPrimary lonely, IReadOnlyList<Invariant> invariants)
    {
        Console.WriteLine();
        Console.WriteLine(FailoverReport.Table(_rounds, lonely.Answered));
        Console.WriteLine();
        Console.WriteLine(
            $"  {marketing.Orders.Count} orders, {marketing.Orders.Count(o => o.Reference is not null)} acknowledged; answers: "
                + $"{string.Join(", ", marketing.Answers.OrderBy(a => a.Key).Select(a => $"{a.Key} ×{a.Value}"))}; acts of admins: {admins.Acts.Count}"
        );
        Console.WriteLine();
        foreach (var line in FaultReport.Lines(invariants))
            Console.WriteLine(line);
        var violated = invariants.Count(i => i.Violations.Count > 0);
        Console.WriteLine();
        Console.WriteLine(
            $"Failover: seed {options.Seed}, {_rounds.Count} failovers, {marketing.Orders.Count} orders, "
                + $"{invariants.Count - violated} invariants held, {violated} violated, in {_since.Elapsed.TotalSeconds:0} s."
        );
        return violated == 0;
    }

    private void Say(string what) => Console.WriteLine($"[{_since.Elapsed.TotalSeconds, 5:0}s] {what}");
}
