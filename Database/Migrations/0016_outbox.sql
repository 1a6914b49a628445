-- What is owed, in one row per piece of work. Hangfire says when and how it went: every row of Hangfire's that stands for one of these is
-- written in the transaction that changes the row here. So Hangfire's schema may be dropped at any time; it is filled again from this.

do $$
begin
    if exists (select from job_workers where seen_at > now() - interval '30 seconds') then
        raise exception 'MPanel is still running. Stop every MPanel process, wait half a minute, and migrate again.';
    end if;
end $$;

create table outbox (
    id bigint generated always as identity primary key,
    -- The same work twice is one row. A convenience: rows that are done are deleted one day, so what must happen once for ever has a
    -- constraint of its own.
    key text not null unique,
    kind text not null,
    subject_kind text not null,
    subject_id bigint not null,
    -- For people: a reference, such as an order's. No personal data.
    title text not null,
    payload jsonb not null default '{}',
    -- Steps done, and how many of these stand on the dashboard as jobs that succeeded.
    step smallint not null default 0,
    shown smallint not null default 0,
    -- Milliseconds each of the steps took, in order; null where nobody measured.
    took integer[] not null default '{}',
    state text not null default 'ready' check (state in ('ready', 'running', 'waiting', 'stopped', 'done', 'cancelled')),
    due_at timestamptz not null default now(),
    -- Counts every start, the crashed ones too. Every commit names it: whoever was overtaken commits nothing.
    attempt integer not null default 0,
    -- Attempts at the present step; 0 again when it is done or resumed.
    spent integer not null default 0,
    runner uuid,
    leased_until timestamptz,
    -- Why the last attempt failed, until its step is done.
    code text,
    reason text,
    -- The job that stands for it on the dashboard; absent until it was handed over.
    hangfire_id bigint unique,
    correlation_id text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    done_at timestamptz,
    check ((state = 'running') = (runner is not null)),
    check ((runner is null) = (leased_until is null)),
    check (state not in ('waiting', 'stopped') or code is not null),
    check ((state in ('done', 'cancelled')) = (done_at is not null)),
    check (shown <= step)
) with (fillfactor = 60);

-- Without those that are over: after an upgrade, or without Hangfire's schema, they are all that have no job.
create index outbox_new on outbox (id) where hangfire_id is null and done_at is null;
create index outbox_ready on outbox (due_at) where state = 'ready';
create index outbox_leases on outbox (leased_until) where state = 'running';
create index outbox_waiting on outbox (due_at) where state = 'waiting';
create index outbox_stopped on outbox (updated_at, id) where state = 'stopped';
create index outbox_unshown on outbox (id) where shown < step;
create index outbox_over on outbox (done_at) where done_at is not null;

-- Orders stand where they stood. A step that was running when the last process ended is ready again, its attempt counted.
insert into outbox (key, kind, subject_kind, subject_id, title, payload, step, shown, took, state, due_at, spent, code, reason, correlation_id,
    created_at, updated_at, done_at)
select c.dedupe_key, c.kind, 'intake', (first.payload ->> 'intakeId')::bigint, c.subject, first.payload, steps.done, steps.done,
    array_fill(null::integer, array[steps.done::integer]),
    standing.state, coalesce(current.run_at, c.created_at), case when standing.state in ('ready', 'waiting') then coalesce(current.attempt, 0) else 0 end,
    case when standing.state = 'stopped' then coalesce(current.last_error_code, 'unknown') else current.last_error_code end,
    current.last_error, c.correlation_id, c.created_at, steps.changed_at,
    case when standing.state in ('done', 'cancelled') then steps.changed_at end
from job_chains c
join job_steps first on first.chain_id = c.id and first.position = 1
cross join lateral (
    select count(*) filter (where s.state = 'done') as done, max(s.updated_at) as changed_at from job_steps s where s.chain_id = c.id
) steps
left join lateral (
    select * from job_steps s where s.chain_id = c.id and s.state <> 'done' order by s.position limit 1
) current on true
left join order_intakes i on i.id = (first.payload ->> 'intakeId')::bigint
cross join lateral (
    select case
        when current.id is null then 'done'
        when current.state = 'cancelled' or (current.state = 'failed' and i.status = 'rejected') then 'cancelled'
        when current.state = 'failed' then 'stopped'
        when current.state = 'due' and current.attempt > 0 and current.last_error_code is not null then 'waiting'
        else 'ready'
    end as state
) standing
where c.kind = 'order'
order by c.id;

-- Recurring jobs are Hangfire's own now; what is due is asked for when they run.
drop table job_workers;
drop table job_steps;
drop table job_chains;
drop schema if exists hangfire cascade;
