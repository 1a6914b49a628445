using System.Diagnostics;
using Dapper;
using MPanel.Faults.Invariants;
using MPanel.Faults.Reporting;
using MPanel.Faults.World;
using MPanel.Tests.Support;

namespace MPanel.Faults.Load;

/// <summary>Finds out what the panel can do, asks 80 % of it for a long time, then ten times of it for a minute, and looks after it.</summary>
public sealed class LoadSession(FaultOptions options)
{
    private const int Agents = 32;
    private const int SteadyConnections = 128;
    private const int OverloadConnections = 1500;
    private static readonly TimeSpan DrainBound = TimeSpan.FromMinutes(20);
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly List<Arrival> _all = [];
    private readonly List<(string Part, IReadOnlyCollection<Arrival> Arrivals, TimeSpan Length)> _parts = [];
    private bool Short => options.Fire < TimeSpan.FromMinutes(2);
    private TimeSpan Overload => Short ? TimeSpan.FromSeconds(4) : TimeSpan.FromMinutes(1);
    private TimeSpan WarmUp => Short ? options.Fire / 4 : TimeSpan.FromMinutes(1);

    /// <returns>Whether every invariant held.</returns>
    public async Task<bool> Run(CancellationToken stop)
    {
        Say($"{options.Fire.TotalMinutes:0.##} minutes of load");
        var postgres = await PostgresCluster.Start(durable: true, "max_connections=150", "log_min_messages=fatal");
        await using var world = await FaultWorld.Start(
            options.Keep,
            postgres,
            await postgres.CreateDatabase(),
            nodes: 0,
            mortalStripe: false
        );
        var ports = world.Webs.Select(w => w.Port).ToList();
        await using (var db = await world.Observer.OpenConnectionAsync(stop))
            await db.ExecuteAsync("update servers set state = 'maintenance'");
        var agents = new AgentFleet(await WorkerFleet.Create(world.Observer, Agents), ports);
        var sampler = new ResourceSampler(world, _since, Short ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromSeconds(3));
        using var working = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] working32 = [agents.Run(working.Token), sampler.Run(working.Token)];
        Say($"The world stands, {Agents} agents ask for work");

        var capacity = await Capacity(world, ports, agents, stop);
        var steady = await Arrive(world, ports, "steady, 80 %", 0.8 * capacity, options.Fire, SteadyConnections, stop);
        var steadyEnd = _since.Elapsed;
        var over = await Arrive(world, ports, "overload, 10 ×", 10 * capacity, Overload, OverloadConnections, stop);
        var p99Bound = Math.Max(1.5 * LoadReport.Percentile(steady, 0.99), LoadReport.Percentile(steady, 0.99) + 20);
        var overloaded = Stopwatch.StartNew();
        TimeSpan? back = null;
        for (var i = 0; i < 60 && back is null; i++)
        {
            var probe = await Arrive(
                world,
                ports,
                $"after it, {i + 1}",
                Math.Max(10, 0.1 * capacity),
                TimeSpan.FromSeconds(3),
                SteadyConnections,
                stop
            );
            if (probe.All(a => a.Acknowledged) && LoadReport.Percentile(probe, 0.99) <= p99Bound)
                back = overloaded.Elapsed;
        }
        var drained = await Drain(world, stop) ? overloaded.Elapsed : (TimeSpan?)null;
        await working.CancelAsync();
        await Task.WhenAll(working32);

        var trends = Trends(sampler.Between(steadyEnd - options.Fire + WarmUp, steadyEnd));
        List<Invariant> invariants =
        [
            .. Short ? Array.Empty<Invariant>() : Steadiness(trends, steady),
            new("at 80 % every order is acknowledged", steady.Count, Unacknowledged(steady)),
            // Counts what was shed: where nothing was, this proves nothing, and all of it was taken in.
            new(
                "what the overload is not acknowledged gets 429 or 503 with Retry-After",
                over.Count(a => !a.Acknowledged && a.Status != -1),
                Unanswered(over)
            ),
            new("intake is as quick as before after the overload", 1, back is null ? [$"its p99 never came below {p99Bound:0} ms"] : []),
            new(
                "what was acknowledged gets done",
                _all.Count(a => a.Acknowledged),
                drained is null ? ["it did not within 20 minutes"] : []
            ),
            new(
                "no process ended",
                4,
                [.. world.Webs.Concat(world.Jobs).Where(m => m.Starts > 1).Select(m => $"{m.Name} was started {m.Starts} times")]
            ),
            await Lost(world),
            .. await Rules(world),
        ];
        return Tell(capacity, trends, back, drained, invariants);
    }

    /// <summary>Orders a second from the first request to the last completion, when more are there than can be done at once.</summary>
    private async Task<double> Capacity(FaultWorld world, IReadOnlyList<int> ports, AgentFleet agents, CancellationToken stop)
    {
        // The first is for warming up.
        await Rush(Short ? 100 : 500);
        var capacity = await Rush(Short ? 200 : 3000);
        Say($"Capacity: {capacity:0.0} orders/s acknowledged and provisioned");
        return capacity;

        async Task<double> Rush(int count)
        {
            var orders = await LoadOrder.Paid(world, count, stop);
            await using var arrivals = new Arrivals(ports, world.Key, connections: 64, _since);
            var (done, began) = (agents.Done, Stopwatch.StartNew());
            var left = orders;
            // As many as the connections let through: who found none free comes again.
            while (left.Count > 0)
            {
                var arrived = await arrivals.Run(left, perSecond: 3000, stop);
                _all.AddRange(arrived.Where(a => a.Status != -1));
                left = [.. arrived.Where(a => !a.Acknowledged).Select(a => a.Order)];
            }
            await FaultWorld.Until(
                () => Task.FromResult(agents.Done >= done + count),
                $"{count} orders to be done",
                TimeSpan.FromMinutes(5)
            );
            return count / began.Elapsed.TotalSeconds;
        }
    }

    private async Task<IReadOnlyList<Arrival>> Arrive(
        FaultWorld world,
        IReadOnlyList<int> ports,
        string part,
        double perSecond,
        TimeSpan length,
        int connections,
        CancellationToken stop
    )
    {
        var orders = await LoadOrder.Paid(world, Math.Max(1, (int)(perSecond * length.TotalSeconds)), stop);
        await using var arrivals = new Arrivals(ports, world.Key, connections, _since);
        Say($"{part}: {orders.Count} orders at {perSecond:0}/s");
        var arrived = await arrivals.Run(orders, perSecond, stop);
        _all.AddRange(arrived);
        _parts.Add((part, arrived, length));
        return arrived;
    }

    private static async Task<bool> Drain(FaultWorld world, CancellationToken stop)
    {
        for (var since = Stopwatch.StartNew(); since.Elapsed < DrainBound; await Task.Delay(1000, stop))
        {
            await using var db = await world.Observer.OpenConnectionAsync(stop);
            if (
                await db.ExecuteScalarAsync<bool>(
                    """
                    select not exists (select 1 from order_intakes where status in ('received', 'processing'))
                       and not exists (select 1 from provisioning_tasks where status in ('pending', 'in_progress'))
                    """
                )
            )
                return true;
        }
        return false;
    }

    private static Invariant[] Steadiness(IReadOnlyList<Trend> trends, IReadOnlyList<Arrival> steady) =>
        [
            new("at 80 % nothing grows", trends.Count, [.. trends.Where(t => t.Grew).Select(t => $"{t.Name} rose by {t.Growth:0.0}")]),
            new("at 80 % the p99 of intake stays", steady.Count, Later(steady)),
        ];

    private static List<Trend> Trends(IReadOnlyList<Sample> samples) =>
        samples.Count < 3
            ? []
            :
            [
                .. samples
                    .SelectMany(s => s.Values.Select(v => (v.Key, s.At.TotalSeconds, v.Value)))
                    .GroupBy(v => v.Key)
                    .OrderBy(g => g.Key)
                    .Select(g => Trend.Of(g.Key, [.. g.Select(v => (v.TotalSeconds, v.Value))])),
            ];

    private static string[] Unacknowledged(IReadOnlyCollection<Arrival> arrivals) =>
        [.. arrivals.Where(a => !a.Acknowledged).GroupBy(a => a.Status).Select(g => $"{g.Count()} got {g.Key}")];

    private static string[] Unanswered(IReadOnlyCollection<Arrival> arrivals) =>
        [
            .. arrivals
                .Where(a => !a.Acknowledged && a.Status != -1 && !(a.Shed && a.SaysWhen))
                .GroupBy(a => a.Status)
                .Select(g => $"{g.Count()} got {g.Key}"),
        ];

    /// <summary>The rule: of the last quarter it is at most half again as long as of the second, or 20 ms longer.</summary>
    private static string[] Later(IReadOnlyCollection<Arrival> arrivals)
    {
        var sorted = arrivals.OrderBy(a => a.At).ToList();
        var quarter = sorted.Count / 4;
        var second = LoadReport.Percentile(sorted.Skip(quarter).Take(quarter), 0.99);
        var last = LoadReport.Percentile(sorted.TakeLast(quarter), 0.99);
        return last <= Math.Max(1.5 * second, second + 20) ? [] : [$"{second:0} ms in the second quarter, {last:0} ms in the last"];
    }

    private async Task<Invariant> Lost(FaultWorld world)
    {
        await using var db = await world.Observer.OpenConnectionAsync();
        var there = (
            await db.QueryAsync<(string Payment, string Reference, string Status)>(
                "select stripe_payment_intent_id, reference, status from order_intakes"
            )
        ).ToDictionary(i => i.Payment);
        var acknowledged = _all.Where(a => a.Acknowledged).ToList();
        return new Invariant(
            "every acknowledged order is completed",
            acknowledged.Count,
            [
                .. acknowledged
                    .Where(a =>
                        !there.TryGetValue(a.Order.PaymentIntent, out var intake)
                        || intake.Reference != a.Reference
                        || intake.Status != "completed"
                    )
                    .Select(a =>
                        $"{a.Reference} of {a.Order.PaymentIntent} is {there.GetValueOrDefault(a.Order.PaymentIntent).Status ?? "lost"}"
                    ),
            ]
        );
    }

    private static async Task<IReadOnlyList<Invariant>> Rules(FaultWorld world)
    {
        await using var db = await world.Observer.OpenConnectionAsync();
        return await Rule.Look(db, Rule.AtAnyTime.Concat(Rule.AtRest));
    }

    private bool Tell(double capacity, IReadOnlyList<Trend> trends, TimeSpan? back, TimeSpan? drained, IReadOnlyList<Invariant> invariants)
    {
        Console.WriteLine();
        Console.WriteLine(LoadReport.Intake(_parts));
        Console.WriteLine();
        Console.WriteLine(LoadReport.Resources(trends));
        if (Short)
            Console.WriteLine("A run of less than two minutes tells nothing about growth and p99: they are not judged.");
        Console.WriteLine();
        Console.WriteLine(
            $"  capacity {capacity:0.0} orders/s; after the overload intake was as before in {Seconds(back)}, all work done in {Seconds(drained)}"
        );
        foreach (var line in FaultReport.Lines(invariants))
            Console.WriteLine(line);
        var violated = invariants.Count(i => i.Violations.Count > 0);
        Console.WriteLine();
        Console.WriteLine(
            $"Load: {_all.Count} orders due, {_all.Count(a => a.Acknowledged)} acknowledged, {_all.Count(a => a.Shed)} shed, "
                + $"{invariants.Count - violated} invariants held, {violated} violated, in {_since.Elapsed.TotalSeconds:0} s."
        );
        return violated == 0;
    }

    private static string Seconds(TimeSpan? length) => length is { } known ? $"{known.TotalSeconds:0} s" : "no time";

    private void Say(string what) => Console.WriteLine($"[{_since.Elapsed.TotalSeconds, 5:0}s] {what}");
}
