-- What is to be done on the servers, and what stands there.

create table domains (
    id bigint generated always as identity primary key,
    -- ASCII (punycode), lower case, no trailing dot.
    name text not null unique,
    customer_id bigint not null references customers,
    status text not null default 'unmanaged' check (status in ('unmanaged', 'managed')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table websites (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers,
    domain text not null,
    -- Absent while no server has room.
    server_id bigint references servers,
    -- The plan last applied, or first to be applied: a product code.
    plan text not null references products (code),
    status text not null default 'pending' check (status in ('pending', 'active', 'suspended', 'deleted')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (status not in ('active', 'suspended') or server_id is not null)
);

create unique index websites_one_live_per_domain on websites (domain) where status <> 'deleted';
create index websites_server on websites (server_id) where status <> 'deleted';

create table provisioning_tasks (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders,
    subscription_id bigint not null references subscriptions,
    type text not null check (type in ('hosting', 'backup', 'mail', 'ssl')),
    action text not null check (action in ('create', 'suspend', 'resume', 'delete')),
    domain text not null,
    -- Absent for a task that needs no website.
    website_id bigint references websites,
    server_role text not null check (server_role in ('web', 'dns', 'mail', 'db', 'panel')),
    server_tags text[] not null default '{}',
    -- Absent while no server has room: placed later by the placement job.
    server_id bigint references servers,
    -- Claimable only after this one has succeeded.
    depends_on bigint references provisioning_tasks,
    status text not null default 'pending' check (status in ('pending', 'in_progress', 'success', 'failed', 'cancelled')),
    -- Numbers the attempts; never goes back.
    attempt integer not null default 0,
    -- Of max_attempts: a release gives one back, a retry by hand all of them.
    attempts_spent integer not null default 0 check (attempts_spent >= 0),
    max_attempts integer not null default 5 check (max_attempts > 0),
    priority integer not null default 100,
    available_at timestamptz not null default now(),
    lease_token uuid,
    lease_expires_at timestamptz,
    payload jsonb not null,
    last_error_code text,
    last_error text,
    correlation_id text not null,
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((status = 'in_progress') = (lease_token is not null)),
    check ((lease_token is null) = (lease_expires_at is null)),
    check (status <> 'in_progress' or server_id is not null),
    check ((status in ('success', 'failed', 'cancelled')) = (finished_at is not null))
);

create unique index provisioning_tasks_one_open on provisioning_tasks (subscription_id, type, action) where status in ('pending', 'in_progress');
-- One task per domain at a time, whoever asks: two claims that meet here end with one of them taking another task.
create unique index provisioning_tasks_one_running_per_domain on provisioning_tasks (domain) where status = 'in_progress';
-- The type leads: tasks that no agent of the server can do yet pile up, and no claim may have to walk past them.
create index provisioning_tasks_claimable on provisioning_tasks (server_id, type, priority, id) where status = 'pending';
create index provisioning_tasks_unplaced on provisioning_tasks (id) where status = 'pending' and server_id is null;
create index provisioning_tasks_leases on provisioning_tasks (lease_expires_at) where status = 'in_progress';
create index provisioning_tasks_order on provisioning_tasks (order_id);
create index provisioning_tasks_failed on provisioning_tasks (id) where status = 'failed';
create index provisioning_tasks_domain on provisioning_tasks (domain);
create index provisioning_tasks_depends on provisioning_tasks (depends_on) where depends_on is not null;

create table task_attempts (
    task_id bigint not null references provisioning_tasks,
    attempt integer not null,
    lease_token uuid not null unique,
    server_id bigint not null references servers,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    outcome text check (outcome in ('success', 'failed', 'lease_expired', 'released', 'cancelled')),
    permanent boolean not null default false,
    error_code text,
    error text,
    -- SHA-256 of the canonical completion: tells a repeat from a contradiction.
    completion_digest bytea check (octet_length(completion_digest) = 32),
    -- What the log holds so far, so that its cap needs no counting.
    log_bytes integer not null default 0,
    log_lines integer not null default 0,
    -- Lines were left out because the cap was reached.
    log_truncated boolean not null default false,
    primary key (task_id, attempt),
    check ((finished_at is null) = (outcome is null))
);

create table task_log_lines (
    task_id bigint not null,
    attempt integer not null,
    -- The agent's own numbering: a repeated report adds nothing.
    seq integer not null,
    at timestamptz not null,
    level text not null check (level in ('info', 'warn', 'error')),
    message text not null,
    primary key (task_id, attempt, seq),
    foreign key (task_id, attempt) references task_attempts (task_id, attempt)
);

-- A task with everything that says what it waits for.
create view provisioning_task_facts as
select
    t.id, t.type, t.action, t.domain, t.payload ->> 'plan' as plan, t.status, t.attempt, t.attempts_spent, t.max_attempts,
    t.order_id, o.reference as order_reference, t.subscription_id, t.website_id, t.server_role, t.server_id, s.name as server_name,
    t.last_error_code, t.last_error, t.correlation_id, t.available_at, t.lease_expires_at, t.finished_at, t.created_at, t.updated_at,
    s.state as server_state, h.received_at as server_heard_at, coalesce(t.type = any (h.capabilities), false) as server_can,
    d.type as dependency_type, d.domain as dependency_domain, d.status as dependency_status,
    r.type as running_type,
    now() as read_at
from provisioning_tasks t
join orders o on o.id = t.order_id
left join servers s on s.id = t.server_id
left join server_heartbeats h on h.server_id = t.server_id
left join provisioning_tasks d on d.id = t.depends_on
-- At most one, by provisioning_tasks_one_running_per_domain.
left join provisioning_tasks r on r.domain = t.domain and r.status = 'in_progress' and t.status = 'pending';
