using System.Diagnostics;
using Dapper;
using MPanel.Faults.Orders;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Invariants;

/// <summary>After the last fault: admins clear up what waits for them, and all that can be done gets done.</summary>
public sealed class Settling(FaultWorld world, MarketingApi marketing, AdminDesk admins, RefundDesk? refunds = null)
{
    /// <returns>What was still open when the time was over; nothing when all came to rest.</returns>
    public async Task<IReadOnlyList<string>> Run(TimeSpan bound)
    {
        IReadOnlyList<string> open = ["nothing was looked at"];
        for (var since = Stopwatch.StartNew(); since.Elapsed < bound && open.Count > 0; await Task.Delay(1000))
        {
            await admins.ClearUp();
            if (refunds is not null)
                await refunds.ClearUp();
            try
            {
                open = await Open();
            }
            catch (NpgsqlException e)
            {
                open = [$"the database: {e.Message}"];
            }
        }
        return open;
    }

    private async Task<IReadOnlyList<string>> Open()
    {
        var unsettled = marketing.Orders.Where(o => !o.Settled).Select(o => $"{o.Plan.PaymentIntent} is still being sent").ToList();
        await using var db = await world.Observer.OpenConnectionAsync();
        var must = marketing.Orders.Where(o => o.Plan.MustComplete && o.Reference is not null).Select(o => o.Reference!).ToArray();
        unsettled.AddRange(
            await db.QueryAsync<string>(
                """
                select reference || ' is ' || status || coalesce(' (' || reason_code || ')', '') from order_intakes
                where status in ('received', 'processing') or (status <> 'completed' and reference = any(@must))
                union all
                select 'task ' || t.id || ' (' || t.type || ' of ' || t.domain || ') is ' || t.status || ': ' || coalesce(t.last_error, '')
                from provisioning_tasks t where t.type = 'hosting' and t.status in ('pending', 'in_progress', 'failed')
                union all
                select 'task ' || t.id || ' is in progress' from provisioning_tasks t where t.type <> 'hosting' and t.status = 'in_progress'
                union all
                select title || ' of ' || correlation_id || ' is ' || state from outbox
                where kind in ('stripe.event', 'stripe.refund') and state in ('ready', 'running', 'waiting', 'stopped')
                union all
                select 'the agent of ' || s.name || ' is silent' from servers s join server_heartbeats h on h.server_id = s.id
                where h.received_at < now() - interval '10 s'
                """,
                new { must }
            )
        );
        unsettled.AddRange(world.Nodes.Where(n => n.Agent.KeptOutcomes > 0).Select(n => $"{n.Name} keeps outcomes"));
        if (refunds is not null && !await refunds.AllTold())
            unsettled.Add("Stripe has events to tell of");
        return unsettled;
    }
}
