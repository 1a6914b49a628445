using System.Diagnostics;
using Dapper;
using MPanel.Faults.Orders;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Failover;

/// <summary>How long after the promotion each was so; null when it was not within the bound.</summary>
public sealed record RecoveryTimes(TimeSpan? Ready, TimeSpan? Agents, TimeSpan? Acknowledged, TimeSpan? Finished, TimeSpan? Site);

/// <summary>Measures, by an order that is paid at the moment of the promotion, how the panel goes on by itself.</summary>
internal sealed class Recovery(FaultWorld world, OrderGenerator orders, MarketingApi marketing)
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly List<string> _late = [];

    /// <summary>What took longer than the bound.</summary>
    public IReadOnlyCollection<string> Late => _late;

    public async Task<RecoveryTimes> Measure(CancellationToken stop)
    {
        var (since, moment) = (Stopwatch.StartNew(), TimeProvider.System.GetUtcNow());
        var ready = Timed(since, "all programs to be ready", AllReady);
        var agents = Timed(since, "every agent to be heard", () => Heard(moment));
        var placing = marketing.Place(orders.Canary(owner: null), stop);
        var acknowledged = Timed(since, "an order to be acknowledged", () => Task.FromResult(placing.IsCompletedSuccessfully));
        if (await acknowledged is null)
            return new RecoveryTimes(await ready, await agents, null, null, null);
        var order = await placing;
        var finished = Timed(since, $"{order.Reference} to be completed", () => Completed(order));
        var site = Timed(since, $"{order.Plan.Domain} to answer", () => Answers(order));
        return new RecoveryTimes(await ready, await agents, await acknowledged, await finished, await site);
    }

    private async Task<TimeSpan?> Timed(Stopwatch since, string what, Func<Task<bool>> state)
    {
        try
        {
            await FaultWorld.Until(state, what, Bound - since.Elapsed);
            return since.Elapsed;
        }
        catch (TimeoutException)
        {
            lock (_late)
                _late.Add($"{what} took longer than {Bound.TotalSeconds:0} s");
            return null;
        }
    }

    private async Task<bool> AllReady()
    {
        var ready = await Task.WhenAll(world.Webs.Concat(world.Jobs).Select(world.AskReady));
        return ready.All(r => r);
    }

    private async Task<bool> Heard(DateTimeOffset moment)
    {
        var heard = await Task.WhenAll(world.Nodes.Select(n => world.HeardSince(n, moment)));
        return heard.All(h => h);
    }

    private async Task<bool> Completed(PlacedOrder order) =>
        await Ask<string>("select status from order_intakes where reference = @Reference", order) == "completed";

    private async Task<bool> Answers(PlacedOrder order)
    {
        var server = await Ask<string>(
            """
            select s.name from order_intakes i join orders o on o.intake_id = i.id join provisioning_tasks t on t.order_id = o.id
            join servers s on s.id = t.server_id
            where i.reference = @Reference and t.type = 'hosting' and t.status = 'success'
            """,
            order
        );
        return server is not null && (await world.Nodes.Single(n => n.Name == server).Agent.Get(order.Plan.Domain)).Status == 200;
    }

    private async Task<T?> Ask<T>(string sql, PlacedOrder order)
    {
        try
        {
            await using var db = await world.Observer.OpenConnectionAsync();
            return await db.QueryFirstOrDefaultAsync<T>(sql, new { order.Reference });
        }
        catch (NpgsqlException)
        {
            return default;
        }
    }
}
