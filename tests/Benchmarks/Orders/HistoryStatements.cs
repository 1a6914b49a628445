namespace MPanel.Benchmarks.Orders;

/// <summary>One after the other in one transaction. Parameters: count; serverIds, or null for orders that are done on srv1.</summary>
internal static class HistoryStatements
{
    public static readonly string[] All =
    [
        "create temporary table past on commit drop as select max(id) as last from order_intakes",
        """
            insert into order_intakes (stripe_payment_intent_id, body_digest, body, status, correlation_id)
            select 'pi_' || key, sha256(convert_to(key, 'UTF8')),
                jsonb_build_object('stripePaymentIntentId', 'pi_' || key, 'customerEmail', key || '@example.com', 'customerName', 'Client Name',
                    'currency', 'USD', 'primaryDomain', 'past-' || left(key, 20) || '.example',
                    'items', '[{"productSlug":"starter","qty":1,"unitPrice":29.88,"billingPeriod":"year"},{"productSlug":"wp-growth","qty":1,"unitPrice":10.95,"billingPeriod":"month"},{"productSlug":"daily-backups-30d","qty":1,"unitPrice":4.99,"billingPeriod":"month"}]'::jsonb),
                'completed', 'past-' || key
            from (select replace(gen_random_uuid()::text, '-', '') as key from generate_series(1, @count)) keys
            """,
        """
            create temporary table fresh on commit drop as
            select id, reference, stripe_payment_intent_id as payment, substr(stripe_payment_intent_id, 4) as key,
                'past-' || substr(stripe_payment_intent_id, 4, 20) || '.example' as domain, correlation_id
            from order_intakes, past where id > coalesce(past.last, 0)
            """,
        """
            insert into customers (email, normalized_email, name)
            select key || '@example.com', key || '@example.com', 'Client Name' from fresh order by id
            """,
        """
            update order_intakes i set customer_id = c.id
            from fresh f join customers c on c.normalized_email = f.key || '@example.com'
            where i.id = f.id
            """,
        """
            insert into payments (intake_id, stripe_payment_intent_id, stripe_charge_id, status, amount, currency, livemode)
            select id, payment, 'ch_' || key, 'succeeded', 45.82, 'USD', false from fresh order by id
            """,
        """
            insert into orders (intake_id, reference, customer_id, payment_id, status, currency, total, primary_domain)
            select f.id, f.reference, i.customer_id, p.id, 'provisioning', 'USD', 45.82, f.domain
            from fresh f join order_intakes i on i.id = f.id join payments p on p.intake_id = f.id order by f.id
            """,
        """
            insert into order_items (order_id, position, product_id, description, billing_period, quantity, unit_price, amount)
            select o.id, v.position, p.id, p.name, v.period, 1, v.price, v.price
            from fresh f join orders o on o.intake_id = f.id
            cross join (values (1, 'starter', 'year', 29.88), (2, 'wp-growth', 'month', 10.95), (3, 'daily-backups-30d', 'month', 4.99))
                as v (position, code, period, price)
            join products p on p.code = v.code
            order by o.id, v.position
            """,
        """
            insert into subscriptions (order_item_id, customer_id, product_id, status, billing_period, quantity, unit_price, currency, domain,
                current_period_start, current_period_end)
            select i.id, o.customer_id, i.product_id, 'pending', i.billing_period, 1, i.unit_price, 'USD', f.domain, now(), now() + interval '1 month'
            from fresh f join orders o on o.intake_id = f.id join order_items i on i.order_id = o.id
            order by i.id
            """,
        "insert into invoice_series (series) values ('PAST') on conflict do nothing",
        """
            insert into invoices (order_id, customer_id, payment_id, series, number, status, currency, total, buyer_name, buyer_email, issued_at, paid_at,
                issued_on, due_on, net, settled)
            select o.id, o.customer_id, o.payment_id, 'PAST', s.next_number + row_number() over (order by o.id) - 1, 'paid', 'USD', 45.82,
                'Client Name', f.key || '@example.com', now(), now(), current_date, current_date, 45.82, 45.82
            from fresh f join orders o on o.intake_id = f.id cross join invoice_series s where s.series = 'PAST'
            """,
        "update invoice_series set next_number = next_number + @count where series = 'PAST'",
        """
            insert into invoice_lines (invoice_id, position, description, quantity, unit_price, amount)
            select v.id, i.position, i.description, 1, i.unit_price, i.amount
            from fresh f join orders o on o.intake_id = f.id join invoices v on v.order_id = o.id join order_items i on i.order_id = o.id
            """,
        "insert into domains (name, customer_id, status) select f.domain, o.customer_id, 'managed' from fresh f join orders o on o.intake_id = f.id",
        """
            insert into websites (customer_id, domain, server_id, plan, status)
            select o.customer_id, f.domain, coalesce((@serverIds::bigint[])[1 + f.id % cardinality(@serverIds::bigint[])], s.id), 'wp-growth',
                case when @serverIds::bigint[] is null then 'active' else 'pending' end
            from fresh f join orders o on o.intake_id = f.id join servers s on s.name = 'srv1'
            order by f.id
            """,
        // Of an order that is done, hosting has succeeded and the backup waits for an agent that can do it, as on a real srv1.
        """
            insert into placements (kind, subject_id, server_id, spec, applied_revision, applied_at)
            select 'hosting', w.id, w.server_id, website_spec(w.id), done.is_so::integer, case when done.is_so then now() end
            from fresh f join websites w on w.domain = f.domain cross join lateral (select @serverIds::bigint[] is null as is_so) done
            """,
        """
            insert into provisioning_tasks (order_id, subscription_id, subject_kind, subject_id, type, action, domain, website_id, placement_id,
                server_role, server_id, status, attempt, attempts_spent, payload, correlation_id, finished_at)
            select o.id, s.id, 'subscription', s.id, p.provisions, case p.provisions when 'hosting' then 'apply' else 'create' end, f.domain,
                w.id, case p.provisions when 'hosting' then g.id end, 'web', w.server_id,
                case when done.is_so then 'success' else 'pending' end, done.is_so::integer, done.is_so::integer,
                jsonb_build_object('websiteId', w.id, 'domain', f.domain, 'aliases', '[]'::jsonb, 'plan', p.code), f.correlation_id,
                case when done.is_so then now() end
            from fresh f join orders o on o.intake_id = f.id join order_items i on i.order_id = o.id
            join subscriptions s on s.order_item_id = i.id join products p on p.id = i.product_id join websites w on w.domain = f.domain
            join placements g on g.kind = 'hosting' and g.subject_id = w.id
            cross join lateral (select @serverIds::bigint[] is null and p.provisions = 'hosting' as is_so) done
            where @serverIds::bigint[] is null or p.code = 'starter'
            order by i.id
            """,
        """
            insert into task_attempts (task_id, attempt, lease_token, server_id, finished_at, outcome)
            select t.id, 1, gen_random_uuid(), t.server_id, now(), 'success'
            from fresh f join orders o on o.intake_id = f.id join provisioning_tasks t on t.order_id = o.id where t.status = 'success'
            """,
        """
            update servers s set website_count = website_count + n.sites
            from (select w.server_id, count(*) as sites from fresh f join websites w on w.domain = f.domain group by w.server_id) n
            where s.id = n.server_id
            """,
        """
            insert into timeline (subject_kind, subject_id, step, attempt, duration_ms, outcome, message, actor, correlation_id)
            select 'intake', f.id, v.step, 1, 5, v.outcome, 'Done', 'system', f.correlation_id
            from fresh f cross join (values ('intake', 'received'), ('payment', 'done'), ('customer', 'done'), ('order', 'done'),
                ('subscriptions', 'done'), ('invoice', 'done'), ('tasks', 'done')) as v (step, outcome)
            order by f.id
            """,
        """
            insert into outbox (key, kind, subject_kind, subject_id, title, payload, step, shown, took, state, attempt, correlation_id, done_at)
            select 'order:' || id, 'order', 'intake', id, reference, jsonb_build_object('intakeId', id), 6, 6, array[5, 5, 5, 5, 5, 5], 'done', 1,
                correlation_id, now()
            from fresh order by id
            """,
    ];
}
