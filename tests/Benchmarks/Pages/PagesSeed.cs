using Dapper;
using Npgsql;

namespace MPanel.Benchmarks.Pages;

/// <summary>A panel after years of work: for every hundred customers 300 subscriptions, 1,000 orders with a paid invoice each, and 1,000 tasks.</summary>
internal static class PagesSeed
{
    public static async Task Fill(NpgsqlDataSource database, int customers, CancellationToken stop)
    {
        await using var db = await database.OpenConnectionAsync(stop);
        foreach (var statement in Statements)
            await db.ExecuteAsync(new CommandDefinition(statement, new { customers }, commandTimeout: 1200, cancellationToken: stop));
        await db.ExecuteAsync("vacuum analyze", commandTimeout: 600);
    }

    /// <summary>Each in a transaction of its own. Numbers, not chance, decide who gets what: two runs seed the same.</summary>
    private static readonly string[] Statements =
    [
        // The ids must be those counted with below.
        """
            insert into customers (id, email, normalized_email, name, created_at, updated_at) overriding system value
            select i, 'client' || i || '@example.com', 'client' || i || '@example.com',
                (array['Anna','Bob','Chen','Dora','Emil','Fatima','Goran','Hanna'])[1 + i % 8] || ' '
                    || (array['Smith','Jones','Weber','Novak','Rossi','Silva'])[1 + i % 6] || ' ' || i,
                now() - (@customers - i) * interval '5 minutes', now()
            from generate_series(1, @customers) i
            """,
        """
            insert into order_intakes (id, stripe_payment_intent_id, body_digest, body, status, customer_id, correlation_id, created_at, updated_at)
            overriding system value
            select i, 'pi_bench' || i, sha256(convert_to(i::text, 'UTF8')),
                jsonb_build_object('stripePaymentIntentId', 'pi_bench' || i, 'customerEmail', 'client' || c || '@example.com', 'customerName',
                    'Client ' || c, 'currency', 'USD', 'primaryDomain', 'site-' || c || '.example',
                    'items', '[{"productSlug":"starter","qty":1,"unitPrice":29.88,"billingPeriod":"year"}]'::jsonb),
                'completed', c, 'bench-' || i, at, at
            from generate_series(1, @customers * 10) i
            cross join lateral (select 1 + i % @customers as c, now() - (@customers * 10 - i) * interval '30 seconds' as at) v
            """,
        """
            insert into payments (id, intake_id, stripe_payment_intent_id, stripe_charge_id, status, amount, currency, livemode, created_at)
            overriding system value
            select id, id, stripe_payment_intent_id, 'ch_' || id, 'succeeded', 29.88, 'USD', false, created_at from order_intakes order by id
            """,
        """
            insert into orders (id, intake_id, reference, customer_id, payment_id, status, currency, total, primary_domain, created_at, updated_at)
            overriding system value
            select id, id, reference, customer_id, id, 'completed', 'USD', 29.88, 'site-' || customer_id || '.example', created_at, created_at
            from order_intakes order by id
            """,
        """
            insert into order_items (id, order_id, position, product_id, description, billing_period, quantity, unit_price, amount)
            overriding system value
            select i, i, 1, 1 + i % 3, 'Hosting', case when i % 2 = 0 then 'month' else 'year' end, 1, 29.88, 29.88
            from generate_series(1, @customers * 3) i
            """,
        """
            insert into subscriptions (id, order_item_id, customer_id, product_id, status, billing_period, quantity, unit_price, currency, domain,
                current_period_start, current_period_end, created_at, updated_at) overriding system value
            select i.id, i.id, o.customer_id, i.product_id,
                (array['active','active','active','active','active','active','active','past_due','suspended','cancelled'])[1 + i.id % 10],
                i.billing_period, 1, 29.88, 'USD', o.primary_domain, o.created_at, o.created_at + interval '1 year', o.created_at, o.created_at
            from order_items i join orders o on o.id = i.order_id order by i.id
            """,
        "insert into invoice_series (series, next_number) values ('PAST', @customers * 10 + 1)",
        """
            insert into invoices (order_id, customer_id, payment_id, series, number, status, currency, total, buyer_name, buyer_email, issued_at,
                paid_at, created_at, updated_at, issued_on, due_on, net, settled, credited)
            select id, customer_id, id, 'PAST', id, case when id % 50 = 0 then 'refunded' else 'paid' end, 'USD', 29.88, 'Client ' || customer_id,
                'client' || customer_id || '@example.com', created_at, created_at, created_at, created_at,
                created_at::date, created_at::date, 29.88, case when id % 50 = 0 then 0 else 29.88 end, case when id % 50 = 0 then 29.88 else 0 end
            from orders order by id
            """,
        """
            insert into domains (id, name, customer_id, status, created_at) overriding system value
            select i, 'site-' || i || '.example', i, 'managed', now() from generate_series(1, @customers) i
            """,
        """
            insert into websites (id, customer_id, domain, server_id, plan, status, created_at, updated_at) overriding system value
            select i, i, 'site-' || i || '.example', s.id, 'starter', 'active', now() - i * interval '1 minute', now()
            from generate_series(1, @customers) i join servers s on s.name = 'srv1'
            """,
        // 1% wait, 1% have failed, the rest is done.
        """
            insert into provisioning_tasks (id, order_id, subscription_id, subject_kind, subject_id, type, action, domain, website_id, server_role, server_id, status, attempt,
                attempts_spent, payload, correlation_id, last_error_code, last_error, finished_at, created_at, updated_at) overriding system value
            select i, i, 1 + i % (@customers * 3), 'website', 1 + i % @customers, 'hosting', 'create', 'site-' || (1 + i % @customers) || '.example', 1 + i % @customers, 'web', s.id,
                v.status, 1, 1, jsonb_build_object('plan', 'starter'), 'bench-' || i,
                case when v.status = 'failed' then 'nginx_refused' end, case when v.status = 'failed' then 'The configuration was refused.' end,
                case when v.status <> 'pending' then v.at end, v.at, v.at
            from generate_series(1, @customers * 10) i
            cross join lateral (select case when i % 100 = 1 then 'failed' when i % 100 = 0 and i <= @customers * 3 then 'pending' else 'success' end
                as status, now() - (@customers * 10 - i) * interval '30 seconds' as at) v
            join servers s on s.name = 'srv1'
            """,
        """
            insert into outbox (id, key, kind, subject_kind, subject_id, title, payload, step, shown, state, attempt, spent, code, reason,
                correlation_id, created_at, updated_at, done_at) overriding system value
            select i, 'order:' || i, 'order', 'intake', i, 'ORD-' || (1000 + i), jsonb_build_object('intakeId', i), v.step, v.step,
                case v.step when 5 then 'stopped' else 'done' end, 1, 1, case v.step when 5 then 'timeout' end, case v.step when 5 then 'Too late' end,
                'bench-' || i, v.at, v.at, case v.step when 6 then v.at end
            from generate_series(1, @customers) i
            cross join lateral (
                select case when i % 200 = 0 then 5 else 6 end as step, now() - (@customers - i) * interval '5 minutes' as at
            ) v
            """,
    ];
}
