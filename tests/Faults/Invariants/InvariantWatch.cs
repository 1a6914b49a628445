using System.Collections.Concurrent;
using Dapper;
using MPanel.Faults.Orders;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Invariants;

/// <summary>Looks at the database again and again while faults strike, by connections of its own.</summary>
public sealed class InvariantWatch(FaultWorld world, MarketingApi marketing)
{
    // The reaper's period, its statement, and a busy machine's hesitation.
    private const int ReaperSeconds = 8;
    private readonly ConcurrentDictionary<string, (long Checks, ConcurrentDictionary<string, bool> Found)> _rules = new();
    private readonly HashSet<string> _seen = [];

    public const string NoDeadLease = "no task in progress without a live lease";
    public const string NoneLost = "every acknowledged order is in the database";

    public IEnumerable<Invariant> Results =>
        _rules.Select(r => new Invariant(r.Key, r.Value.Checks, [.. r.Value.Found.Keys])).OrderBy(r => r.Name);

    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Look(leasesToo: TimeProvider.System.GetUtcNow() - world.JobsReadySince >= TimeSpan.FromSeconds(ReaperSeconds + 4));
            }
            catch (NpgsqlException)
            {
                // The database is the victim; it is looked at when it is back.
            }
            await Task.Delay(1000, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Acknowledged orders are looked for anew.</summary>
    public void Forget() => _seen.Clear();

    /// <param name="leasesToo">Somebody was there to take back what ran out.</param>
    public async Task Look(bool leasesToo)
    {
        await using var db = await world.Observer.OpenConnectionAsync();
        foreach (var rule in Rule.AtAnyTime)
            Note(rule.Name, await db.QueryAsync<string>(rule.Finds));
        await LookForLost(db);
        if (!leasesToo)
            return;
        Note(
            NoDeadLease,
            await db.QueryAsync<string>(
                """
                select 'task ' || id || ', attempt ' || attempt || ', is held by a lease that ended ' || (now() - lease_expires_at) || ' ago'
                from provisioning_tasks where status = 'in_progress' and lease_expires_at < now() - make_interval(secs => @ReaperSeconds)
                """,
                new { ReaperSeconds }
            )
        );
    }

    private async Task LookForLost(NpgsqlConnection db)
    {
        var acknowledged = marketing.Orders.Where(o => o.Reference is not null).ToDictionary(o => o.Plan.PaymentIntent, o => o.Reference!);
        var fresh = acknowledged.Keys.Where(p => !_seen.Contains(p)).ToArray();
        if (fresh.Length == 0)
            return;
        var there = (
            await db.QueryAsync<(string Payment, string Reference)>(
                "select stripe_payment_intent_id, reference from order_intakes where stripe_payment_intent_id = any(@fresh)",
                new { fresh }
            )
        ).ToLookup(r => r.Payment, r => r.Reference);
        Note(
            NoneLost,
            fresh
                .Where(p => !there[p].Contains(acknowledged[p]))
                .Select(p => $"{p} was acknowledged as {acknowledged[p]} and is {there[p].FirstOrDefault() ?? "not there"}")
        );
        _seen.UnionWith(fresh.Where(there.Contains));
    }

    private void Note(string rule, IEnumerable<string> found)
    {
        var (checks, known) = _rules.GetValueOrDefault(rule, (0, new ConcurrentDictionary<string, bool>()));
        foreach (var violation in found)
            known.TryAdd(violation, true);
        _rules[rule] = (checks + 1, known);
    }
}
