using Dapper;
using MPanel.Faults.Orders;
using MPanel.Faults.World;

namespace MPanel.Faults.Invariants;

/// <summary>
/// A check that can't fail proves nothing. So at the very end of a run, when its verdict stands, the world is tampered with, one thing for each
/// invariant, and each must notice.
/// </summary>
public sealed class Tampering(FaultWorld world, AdminDesk admins, InvariantWatch watch, FinalCheck check)
{
    // As a replica would: no trigger and no foreign key stands in the way.
    private const string Statements = """
        set session_replication_role = replica;
        alter table order_intakes drop constraint order_intakes_stripe_payment_intent_id_key;
        insert into order_intakes (stripe_payment_intent_id, body_digest, body, correlation_id)
        select stripe_payment_intent_id, body_digest, body, correlation_id from order_intakes order by id limit 1;
        delete from subscriptions where id = (select max(id) from subscriptions where status = 'active');
        update invoices set number = number + 1000 where id = (select max(id) from invoices);
        update payments set amount = amount + 1 where id = (select max(p.id) from payments p join orders o on o.payment_id = p.id);
        update refunds set amount = amount + 1;
        delete from allocations where id = (select max(id) from allocations);
        drop index websites_one_live_per_domain;
        insert into websites (customer_id, domain, plan) select customer_id, domain, plan from websites order by id limit 1;
        update websites set status = 'suspended', suspended_for = '{abuse}' where id = (select min(id) from websites where status = 'active');
        update subscriptions set website_id = null where id = (select max(id) from subscriptions where website_id is not null and status = 'active');
        update placements set revision = revision + 1, condition = 'broken' where id = (select max(id) from placements);
        delete from hostnames where name = (select max(name) from hostnames where role = 'primary');
        update servers set website_count = website_count + 1 where name = 'srv1';
        update provisioning_tasks
        set status = 'in_progress', lease_token = gen_random_uuid(), lease_expires_at = now() - interval '1 minute', finished_at = null
        where id = (select max(id) from provisioning_tasks where status = 'success');
        update order_intakes set status = 'processing' where id = (select min(id) from order_intakes where status = 'completed');
        delete from order_intakes where id = (select max(id) from order_intakes where status = 'completed');
        delete from timeline
        where subject_kind = 'intake' and subject_id = (select max(id) from order_intakes where status = 'completed') and step = 'invoice';
        update hangfire.job set statename = 'Failed' where id = (select min(hangfire_id) from outbox where state = 'done');
        delete from audit_entries where actor_kind = 'api_key';
        """;

    /// <returns>The names of invariants that hold all the same, and so prove nothing.</returns>
    public async Task<IReadOnlyList<string>> Unnoticed()
    {
        // Or they would mend what is tampered with.
        foreach (var member in world.Jobs)
            member.Suspend();
        await using (var db = await world.Observer.OpenConnectionAsync())
            await db.ExecuteAsync(Statements);
        foreach (var node in world.Nodes)
        {
            Directory.CreateDirectory(Path.Combine(node.Agent.SitesDirectory, "nobody.example", "public"));
            foreach (
                var page in Directory
                    .GetDirectories(node.Agent.SitesDirectory)
                    .Select(d => Path.Combine(d, "public", "index.html"))
                    .Where(File.Exists)
            )
                File.Delete(page);
        }
        watch.Forget();
        await watch.Look(leasesToo: true);
        var found = watch.Results.Concat(await check.Run()).Where(i => !NotTampered(i)).ToList();
        foreach (var member in world.Jobs)
            member.Resume();
        return [.. found.Where(i => i.Violations.Count == 0).Select(i => i.Name)];
    }

    // What the programs answer can't be changed from outside; without an act of an admin there is nothing to lose.
    private bool NotTampered(Invariant invariant) =>
        invariant.Name is FinalCheck.Answers or FinalCheck.FailedList || (invariant.Name == FinalCheck.Audited && admins.Acts.Count == 0);
}
