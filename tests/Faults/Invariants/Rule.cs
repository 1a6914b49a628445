using Dapper;
using Npgsql;

namespace MPanel.Faults.Invariants;

/// <summary>A statement that finds what must never be: each row a sentence.</summary>
/// <param name="Subjects">Counts what it looks at.</param>
public sealed record Rule(string Name, string Finds, string Subjects)
{
    /// <summary>What each finds now.</summary>
    public static async Task<IReadOnlyList<Invariant>> Look(NpgsqlConnection db, IEnumerable<Rule> rules)
    {
        var results = new List<Invariant>();
        foreach (var rule in rules)
            results.Add(
                new Invariant(
                    $"{rule.Name} (at rest)",
                    await db.ExecuteScalarAsync<long>(rule.Subjects, commandTimeout: Bound),
                    [.. await db.QueryAsync<string>(rule.Finds, commandTimeout: Bound)]
                )
            );
        return results;
    }

    // Seconds: after an hour of load there is much to look at.
    private const int Bound = 300;

    /// <summary>Hold at every moment, also in the middle of everything: each is about what one transaction writes.</summary>
    public static IReadOnlyList<Rule> AtAnyTime { get; } =
    [
        new(
            "one order per PaymentIntent",
            """
            select 'PaymentIntent ' || stripe_payment_intent_id || ' has ' || count(*) || ' intakes' from order_intakes
            group by stripe_payment_intent_id having count(*) > 1
            union all
            select 'intake ' || intake_id || ' has ' || count(*) || ' orders' from orders group by intake_id having count(*) > 1
            """,
            "select count(*) from order_intakes"
        ),
        new(
            "one subscription per recurring item",
            """
            select 'item ' || i.id || ' of ' || o.reference || ' has ' || count(s.id) || ' subscriptions'
            from order_items i join orders o on o.id = i.order_id join invoices v on v.order_id = o.id
            left join subscriptions s on s.order_item_id = i.id
            where i.billing_period in ('month', 'year')
            group by i.id, o.reference having count(s.id) <> 1
            """,
            "select count(*) from subscriptions"
        ),
        new(
            "one paid invoice per order, numbers gapless",
            """
            select o.reference || ' has ' || count(*) || ' paid invoices' from invoices v join orders o on o.id = v.order_id
            group by o.reference having count(*) > 1
            union all
            select 'series ' || series || ' counts to ' || max(number) || ' with ' || count(*) || ' invoices' from invoices
            group by series having max(number) <> count(*) or min(number) <> 1
            """,
            "select count(*) from invoices"
        ),
        new(
            "money in = money invoiced, order by order",
            """
            select o.reference || ': paid ' || p.amount || ', ordered ' || o.total || ', invoiced ' || v.total || ', lines '
                   || (select sum(l.amount) from invoice_lines l where l.invoice_id = v.id)
            from orders o join payments p on p.id = o.payment_id join invoices v on v.order_id = o.id
            where p.amount <> v.total or o.total <> v.total
               or v.total <> (select sum(l.amount) from invoice_lines l where l.invoice_id = v.id)
            """,
            "select count(*) from payments"
        ),
        Books.AddUp,
        new(
            "one live site per domain, on one node",
            """
            select domain || ' has ' || count(*) || ' live websites' from websites where status <> 'removed'
            group by domain having count(*) > 1
            union all
            select t.domain || ' has hosting tasks on ' || count(distinct t.server_id) || ' servers' from provisioning_tasks t
            where t.type = 'hosting' and t.status = 'success' group by t.domain having count(distinct t.server_id) > 1
            """,
            "select count(*) from websites"
        ),
        new(
            "an active hosting subscription has a website that stands",
            """
            select 'subscription ' || s.id || ' of ' || s.domain || ' is active without a website'
            from subscriptions s join products p on p.id = s.product_id
            where s.status = 'active' and p.provisions = 'hosting'
              and not exists (
                  select from websites w
                  where w.id = s.website_id and w.status in ('active', 'suspended', 'removing') and w.customer_id = s.customer_id
              )
            """,
            "select count(*) from subscriptions where status = 'active'"
        ),
    ];

    /// <summary>Hold when all has come to rest.</summary>
    public static IReadOnlyList<Rule> AtRest { get; } =
    [
        new(
            "every website is live, and stands as it shall",
            """
            select w.domain || ' is ' || w.status || ', revision ' || p.applied_revision || ' of ' || p.revision || ' stands, ' || p.condition
            from websites w left join placements p on p.kind = 'hosting' and p.subject_id = w.id and p.role = 'serving'
            where w.status <> 'removed'
              and (w.status <> 'active' or p.applied_revision is distinct from p.revision or p.condition <> 'ok' or p.server_id <> w.server_id)
            """,
            "select count(*) from placements"
        ),
        new(
            "every live website has its names",
            """
            select w.domain || ' lacks its primary name' from websites w
            where w.status <> 'removed'
              and not exists (select from hostnames h where h.website_id = w.id and h.role = 'primary' and h.name = w.domain)
            """,
            "select count(*) from hostnames"
        ),
        new(
            "money in = money invoiced, in all",
            """
            select 'paid ' || p.total || ', invoiced ' || v.total
            from (select coalesce(sum(p.amount), 0) as total from payments p join orders o on o.payment_id = p.id) p,
                 (select coalesce(sum(total), 0) as total from invoices) v
            where p.total <> v.total
            """,
            "select count(*) from payments"
        ),
        new(
            "no work without a lease or a place in line",
            """
            select 'task ' || id || ' of ' || domain || ' is in progress' from provisioning_tasks where status = 'in_progress'
            union all
            select kind || ' of ' || title || ' is ' || state || ' at step ' || step from outbox where state in ('ready', 'running', 'waiting')
            union all
            select i.reference || ' is ' || i.status || ', and no work on it is left' from order_intakes i
            where i.status in ('received', 'processing')
              and not exists (select 1 from outbox o where o.key = 'order:' || i.id and o.state in ('ready', 'running', 'waiting'))
            union all
            select i.reference || ' is ' || i.status || ', and its work is ' || o.state
            from order_intakes i join outbox o on o.key = 'order:' || i.id
            where (i.status, o.state) not in (
                ('completed', 'done'), ('needs_review', 'stopped'), ('rejected', 'cancelled'), ('received', 'ready'), ('received', 'running'),
                ('processing', 'ready'), ('processing', 'running'), ('processing', 'waiting'))
            """,
            "select count(*) from outbox"
        ),
        new(
            "the dashboard shows what is",
            """
            select o.title || ' is ' || o.state || ', and its job is ' || coalesce(j.statename, 'none')
            from outbox o left join hangfire.job j on j.id = o.hangfire_id
            where (o.done_at is null or o.done_at > now() - interval '12 hours' and o.hangfire_id is not null)
              and j.statename is distinct from case o.state when 'stopped' then 'Failed' when 'done' then 'Succeeded' when 'cancelled' then 'Deleted' end
            union all
            select o.title || ' has ' || count(j.id) || ' jobs for ' || o.step || ' steps'
            from outbox o left join hangfire.job j on j.arguments ->> 0 = o.id::text and j.invocationdata ->> 'Type' like '%.OutboxJob,%'
            where o.done_at > now() - interval '12 hours'
            group by o.id having count(j.id) <> o.step + case when o.state = 'done' or o.hangfire_id is null then 0 else 1 end
            union all
            select 'job ' || q.jobid || ' is in the queue' from hangfire.jobqueue q where q.queue = 'outbox'
            """,
            "select count(*) from hangfire.job"
        ),
        new(
            "timelines complete",
            """
            select i.reference || ' lacks the line of ' || e.step
            from order_intakes i
            cross join (values ('received'), ('payment'), ('customer'), ('order'), ('subscriptions'), ('invoice'), ('tasks')) e (step)
            where i.status = 'completed'
              and not exists (
                  select 1 from timeline t where t.subject_kind = 'intake' and t.subject_id = i.id
                    and (t.step = e.step and t.outcome = 'done' or e.step = 'received' and t.outcome = 'received')
              )
            union all
            select o.reference || ' lacks the line of task ' || t.id
            from provisioning_tasks t join orders o on o.id = t.order_id
            where t.status = 'success'
              and not exists (
                  select 1 from timeline l
                  where l.subject_kind = 'intake' and l.subject_id = o.intake_id and l.task_id = t.id and l.outcome = 'done'
              )
            union all
            select 'task ' || t.id || ' has ' || count(a.attempt) || ' attempts, ' || t.attempt || ' were counted'
            from provisioning_tasks t left join task_attempts a on a.task_id = t.id
            group by t.id, t.attempt having count(a.attempt) <> t.attempt
            union all
            select 'attempt ' || a.attempt || ' of task ' || a.task_id || ' never ended' from task_attempts a
            join provisioning_tasks t on t.id = a.task_id
            where a.outcome is null and t.status <> 'in_progress'
            """,
            "select count(*) from timeline"
        ),
        new(
            "servers count their websites",
            """
            select s.name || ' counts ' || s.website_count || ' websites and has ' || count(w.id)
            from servers s left join websites w on w.server_id = s.id and w.status <> 'removed'
            group by s.id having s.website_count <> count(w.id)
            """,
            "select count(*) from servers"
        ),
    ];
}
