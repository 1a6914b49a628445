using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using MPanel.Faults.Orders;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Fire;

/// <param name="Ready">From the fault's end until what it befell was itself again.</param>
/// <param name="Order">From the fault's end until the site of an order paid at that moment answered; null where none was placed.</param>
public sealed record Strike(string Fault, TimeSpan? Ready, TimeSpan? Order);

/// <summary>
/// Lets faults strike until the time is over: some one by one, each with an order placed at its end to see how long it takes, then many
/// over each other.
/// </summary>
public sealed class FireRun(
    FaultWorld world,
    FaultCatalogue catalogue,
    OrderGenerator orders,
    MarketingApi marketing,
    SiteWatch sites,
    int seed
)
{
    private const int OneByOne = 6;
    private const int OverEachOther = 12;
    private readonly ConcurrentQueue<Strike> _strikes = new();
    private readonly ConcurrentQueue<string> _unrecovered = new();
    private readonly ConcurrentQueue<string> _slow = new();
    private readonly Random _random = new(seed);

    public IReadOnlyCollection<Strike> Strikes => _strikes;

    /// <summary>The ways of those orders that took long, for finding out why.</summary>
    public IReadOnlyCollection<string> Slow => _slow;

    /// <summary>What was not itself again within the bound.</summary>
    public IReadOnlyCollection<string> Unrecovered => _unrecovered;

    public async Task Run(TimeSpan length, CancellationToken stop)
    {
        var since = Stopwatch.StartNew();
        while (since.Elapsed < length && !stop.IsCancellationRequested)
        {
            for (var i = 0; i < OneByOne && since.Elapsed < length; i++)
                await Alone(catalogue.Next(), stop);
            if (since.Elapsed < length)
                await Storm(since, length, stop);
        }
    }

    private async Task Alone(Fault fault, CancellationToken stop)
    {
        if (world.Verbose)
            Console.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {fault.Name} at {fault.Place}");
        await Befall(fault, stop);
        var over = Stopwatch.StartNew();
        var canary = Canary(fault, over, stop);
        var ready = await Ready(fault, over);
        _strikes.Enqueue(new Strike(fault.Name, ready, await canary));
    }

    private async Task Storm(Stopwatch since, TimeSpan length, CancellationToken stop)
    {
        var under = new Dictionary<string, Task>();
        for (var i = 0; i < OverEachOther && since.Elapsed < length; i++)
        {
            var fault = catalogue.Next();
            // A power cut is everybody's, and the database's end would be begun twice.
            var wait =
                fault.Place == "everything" ? under.Values.ToList() : [.. under.Where(u => u.Key == fault.Place).Select(u => u.Value)];
            await Task.WhenAll(wait);
            under[fault.Place] = Unmeasured(fault, stop);
            if (fault.Place == "everything")
                await under[fault.Place];
            await Task.Delay(_random.Next(300, 2500), stop);
        }
        await Task.WhenAll(under.Values);
    }

    private async Task Unmeasured(Fault fault, CancellationToken stop)
    {
        if (world.Verbose)
            Console.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {fault.Name} at {fault.Place}");
        await Befall(fault, stop);
        // How long it takes says nothing while others strike; that it recovers at all is seen when all is over.
        _strikes.Enqueue(new Strike(fault.Name, null, null));
        if (fault is { DarkensSites: true, Node: { } node })
            _ = LightenWhenReady(fault, node);
    }

    /// <summary>Begins and ends the fault. A node that it darkens stays dark until it was seen ready again.</summary>
    private async Task Befall(Fault fault, CancellationToken stop)
    {
        if (fault is { DarkensSites: true, Node: { } node })
            sites.Darken(node);
        try
        {
            await fault.Begin();
            await Task.Delay(fault.Length, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await fault.End();
        }
    }

    private async Task<TimeSpan?> Ready(Fault fault, Stopwatch over)
    {
        try
        {
            await FaultWorld.Until(fault.Ready, $"{fault.Place} after {fault.Name}", Timing.Recovery);
            if (fault is { DarkensSites: true, Node: { } node })
                sites.Lighten(node);
            return over.Elapsed;
        }
        catch (TimeoutException e)
        {
            _unrecovered.Enqueue(e.Message);
            return null;
        }
    }

    private async Task LightenWhenReady(Fault fault, Node node)
    {
        // Its node may be hit by others meanwhile: it is let off until its sites answer, and no longer than these can take.
        for (var since = Stopwatch.StartNew(); since.Elapsed < TimeSpan.FromMinutes(2) && !await sites.AnswersNow(node); )
            await Task.Delay(100);
        sites.Lighten(node);
    }

    private async Task<TimeSpan?> Canary(Fault fault, Stopwatch over, CancellationToken stop)
    {
        var there = fault.Node is { } node ? sites.Sites.Where(s => s.Server == node.Name).ToList() : [];
        var plan = orders.Canary(there.Count == 0 ? null : await Owner(there[_random.Next(there.Count)]));
        var order = await marketing.Place(plan, stop);
        if (order.Reference is null)
            return null;
        try
        {
            await FaultWorld.Until(() => Stands(order.Reference), $"the site of {order.Reference}", TimeSpan.FromMinutes(2));
            var took = over.Elapsed;
            if (took > TimeSpan.FromSeconds(5))
                _slow.Enqueue(
                    $"{order.Reference} after {fault.Name} at {fault.Place}: {took.TotalSeconds:0.0} s\n{await Way(order.Reference)}"
                );
            return took;
        }
        catch (TimeoutException e)
        {
            _unrecovered.Enqueue(e.Message);
            return null;
        }
    }

    private async Task<(string Email, string Domain)?> Owner(LiveSite site)
    {
        try
        {
            await using var db = await world.Observer.OpenConnectionAsync();
            var email = await db.ExecuteScalarAsync<string>(
                "select c.email from websites w join customers c on c.id = w.customer_id where w.id = @WebsiteId",
                new { site.WebsiteId }
            );
            return (email!, site.Domain);
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private async Task<string> Way(string reference)
    {
        await using var db = await world.Observer.OpenConnectionAsync();
        return string.Join(
            '\n',
            await db.QueryAsync<string>(
                """
                select '      ' || to_char(t.at, 'HH24:MI:SS.MS') || ' ' || t.step || ' ' || t.outcome || ' ' || coalesce(t.message, '')
                from timeline t join order_intakes i on i.id = t.subject_id
                where t.subject_kind = 'intake' and i.reference = @reference
                order by t.id
                """,
                new { reference }
            )
        );
    }

    private async Task<bool> Stands(string reference)
    {
        LiveSite? site;
        try
        {
            await using var db = await world.Observer.OpenConnectionAsync();
            site = await db.QuerySingleOrDefaultAsync<LiveSite>(
                $"""
                with standing as (
                {SiteWatch.Standing}
                )
                select standing.* from standing
                join subscriptions s on s.website_id = standing.website_id
                join order_items i on i.id = s.order_item_id join orders o on o.id = i.order_id
                where o.reference = @reference
                limit 1
                """,
                new { reference }
            );
        }
        catch (NpgsqlException)
        {
            return false;
        }
        return site is not null && (await world.Nodes.Single(n => n.Name == site.Server).Agent.Get(site.Domain)).Status == 200;
    }
}
