namespace MPanel.Database.Attention;

/// <summary>
/// What needs a person, kind by kind, each as <c>from (…) f where …</c>. The ids of different tables meet in one list, so each is told
/// apart by its last four bits.
/// </summary>
internal static class AttentionSources
{
    /// <summary>Orders that stopped; those whose money is in question count as payments.</summary>
    public const string Stopped = """
        from (
            select i.id * 16 + 1 as id, i.id as source_id, i.reason_code = any(@PaymentReasons) as about_money, i.reason_code as code,
                   i.reason as error, i.updated_at as since, coalesce(i.body ->> 'primaryDomain', i.reference) as subject, i.reference,
                   i.body ->> 'customerEmail' as email
            from order_intakes i where i.status = 'needs_review'
        ) f
        where case when f.about_money then @Payments else @Orders end
          and (@Like::text is null or f.subject ilike @Like or f.reference ilike @Like or f.email ilike @Like)
          and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Orders that were refused though their money has been taken.</summary>
    public const string Refused = """
        from (
            select r.id * 16 + 8 as id, r.id as source_id, 'order_refused' as code, r.faults -> 0 ->> 'message' as error, r.created_at as since,
                   coalesce(r.stripe_payment_intent_id, 'no payment named') as subject
            from refused_orders r where r.status = 'open'
        ) f
        where @Orders and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Senders whose refused orders are not kept any more, because so many of them are open.</summary>
    public const string NotKept = """
        from (
            select n.id * 16 + 9 as id, n.id as source_id, 'refused_not_kept' as code, n.times || ' were not kept' as error, n.since,
                   n.received_by as subject
            from refused_orders_not_kept n
        ) f
        where @Orders and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Payments that went back, or may, after their order had gone through.</summary>
    public const string Unsettled = """
        from (
            select p.id * 16 + 2 as id, i.id as source_id, 'payment_' || p.status as code, p.updated_at as since,
                   coalesce(i.body ->> 'primaryDomain', i.reference) as subject, i.reference, i.body ->> 'customerEmail' as email
            from payments p join order_intakes i on i.id = p.intake_id
            -- A dispute that is here stands in the list itself.
            where p.status in ('disputed', 'refunded') and i.status <> 'needs_review'
              -- What went back for an order that is over is as it should be.
              and not (p.status = 'refunded' and (
                  i.status = 'rejected' or exists (select from orders o where o.intake_id = i.id and o.cancelled_at is not null)))
              and not (p.status = 'disputed' and exists (select from disputes d where d.payment_id = p.id))
            union all
            -- A credit note says that the customer gets it, or their order was cancelled for it, and it lies here.
            select r.id * 16 + 14, i.id, 'refund_failed', r.updated_at,
                   coalesce(i.body ->> 'primaryDomain', i.reference), i.reference, i.body ->> 'customerEmail'
            from refunds r join payments p on p.id = r.payment_id join order_intakes i on i.id = p.intake_id
            where r.status in ('failed', 'cancelled')
              and case
                  when exists (select from credit_notes n where n.refund_id = r.id)
                      then p.allocated + p.to_credit + p.refunding + p.refunded < p.amount and p.refunding + p.refunded + p.disputed < p.amount
                  when i.status = 'rejected' or exists (select from orders o where o.intake_id = i.id and o.cancelled_at is not null)
                      -- The last one that failed, until as much has gone after it.
                      then p.refunding + p.refunded + p.disputed < p.amount and r.amount > (
                          select case when bool_or(later.status in ('failed', 'cancelled')) then r.amount
                              else coalesce(sum(later.amount), 0) end
                          from refunds later where later.payment_id = r.payment_id and later.id > r.id)
                  else false
              end
        ) f
        where @Payments
          and (@Like::text is null or f.subject ilike @Like or f.reference ilike @Like or f.email ilike @Like)
          and (@Code::text is null or f.code = @Code)
        """;

    public const string FailedTasks = """
        from (
            select t.id * 16 + 3 as id, t.id as source_id, coalesce(t.last_error_code, 'unknown') as code, t.last_error as error,
                   t.finished_at as since, t.domain as subject, t.type as work, t.order_id, t.server_id
            from provisioning_tasks t where t.status = 'failed'
        ) f
        where @Tasks and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    public const string UnplacedTasks = """
        from (
            select t.id * 16 + 3 as id, t.id as source_id, 'no_server' as code, t.available_at as since, t.domain as subject, t.type as work,
                   t.order_id
            from provisioning_tasks t
            where t.status = 'pending' and t.server_id is null and t.available_at < now() - @WaitsLong
        ) f
        where @Tasks and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Active servers that are silent: those that were heard once, and those that work waits for.</summary>
    public const string SilentServers = """
        from (
            select s.id * 16 + 4 as id, s.id as source_id, s.name as subject,
                   case when h.server_id is null then 'server_without_agent' else 'server_offline' end as code,
                   case when h.server_id is null then (
                       select min(t.available_at) from provisioning_tasks t where t.server_id = s.id and t.status = 'pending'
                   ) else h.received_at end as since
            from servers s left join server_heartbeats h on h.server_id = s.id
            where s.state = 'active'
              and case when h.server_id is null then exists (
                      select from provisioning_tasks t where t.server_id = s.id and t.status = 'pending'
                  ) else h.received_at <= now() - @OfflineAfter end
        ) f
        where @Servers and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Active servers that are heard of, and have said for as long as a silence would take that something is wrong.</summary>
    public const string UnwellServers = """
        from (
            select s.id * 16 + 4 as id, s.id as source_id, s.name as subject, 'server_unwell' as code, h.problem as error,
                   h.unwell_since as since
            from servers s join server_heartbeats h on h.server_id = s.id
            where s.state = 'active' and h.received_at > now() - @OfflineAfter and h.unwell_since <= now() - @OfflineAfter
        ) f
        where @Servers and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Active servers for websites that take no more of them, since the last one came.</summary>
    public const string FullServers = """
        from (
            select s.id * 16 + 5 as id, s.id as source_id, s.name as subject, 'server_full' as code,
                   coalesce(
                       (select max(w.created_at) from websites w where w.server_id = s.id and w.status <> 'removed'), s.updated_at
                   ) as since
            from servers s
            where s.state = 'active' and s.website_capacity > 0 and s.website_count >= s.website_capacity
        ) f
        where @Servers and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Servers on which something doesn't stand as it was applied, or later than this panel knows; what failed counts as its task.</summary>
    public const string DriftedServers = """
        from (
            select s.id * 16 + 10 as id, s.id as source_id, s.name as subject, 'server_drifted' as code, d.count || ' website(s) differ' as error,
                   d.since
            from (
                select p.server_id, count(*) as count, min(p.condition_at) as since from placements p
                where p.condition in ('drifted', 'ahead') group by p.server_id
            ) d join servers s on s.id = d.server_id and s.state <> 'retired'
        ) f
        where @Servers and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Servers that have what this panel doesn't know, or not there.</summary>
    public const string Orphans = """
        from (
            select s.id * 16 + 11 as id, s.id as source_id, s.name as subject, 'server_orphans' as code,
                   o.count || ' unknown website(s)' as error, o.since
            from (select server_id, count(*) as count, min(since) as since from server_orphans group by server_id) o
            join servers s on s.id = o.server_id and s.state <> 'retired'
        ) f
        where @Servers and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>
    /// Service keys that end within 30, 14 and 3 days, each warning a new one; of a key made for less than that, only the later ones.
    /// </summary>
    public const string Keys = """
        from (
            select k.id * 16 as id, k.id as source_id, k.name as subject,
                   case when w.days is null then 'key_to_review' else 'key_expires_' || w.days || '_days' end as code,
                   case when w.days is null then k.created_at else k.expires_at - make_interval(days => w.days) end as since
            from api_keys k left join lateral (
                select days from (values (3), (14), (30)) warned (days)
                where k.expires_at > now() and k.expires_at - make_interval(days => days) <= now()
                  and k.expires_at - make_interval(days => days) > k.created_at
                order by days limit 1
            ) w on true
            where k.revoked_at is null and k.kind = 'service' and k.successor_id is null and (k.to_review or w.days is not null)
        ) f
        where @Keys and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>A mail server that has taken nothing for a quarter of an hour, while messages wait for it.</summary>
    public const string MailServerDown = """
        from (
            select 15::bigint as id, 0::bigint as source_id, 'mail_server_down' as code, r.problem as error, r.down_since as since,
                   'mail server' as subject
            from email_relay r
            where r.enabled and r.down_since <= now() - interval '15 minutes'
              and exists (select from emails where status in ('queued', 'sending'))
        ) f
        where @Emails and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Stopped work on an order shows as its order, as long as that is stopped.</summary>
    public const string FailedJobs = """
        from (
            select j.id * 16 + 6 as id, j.id as source_id, coalesce(j.code, 'unknown') as code, j.reason as error,
                   j.updated_at as since, j.title as subject, j.kind as work, case j.kind when 'order' then j.title end as reference
            from outbox j
            where j.state = 'stopped'
              and not exists (
                  select from order_intakes i where j.kind = 'order' and i.reference = j.title and i.status = 'needs_review'
              )
        ) f
        where @Jobs and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Recurring jobs that failed for the last time: they are on Hangfire's dashboard only.</summary>
    public const string FailedRecurring = """
        from (
            select j.id * 16 + 7 as id, j.id as source_id, 'recurring_job_failed' as code, s.data ->> 'ExceptionMessage' as error,
                   s.createdat as since, j.arguments ->> 0 as subject, j.arguments ->> 0 as work
            from hangfire.job j join hangfire.state s on s.id = j.stateid
            where j.statename = 'Failed' and starts_with(j.invocationdata ->> 'Type', 'MPanel.Jobs.Engine.Hangfire.RecurringJobs,')
        ) f
        where @Jobs and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.code = @Code)
        """;
}
