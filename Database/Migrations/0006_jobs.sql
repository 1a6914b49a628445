-- The ledger of background work. It is the truth; an engine only carries step ids and supplies workers.

create table job_chains (
    id bigint generated always as identity primary key,
    kind text not null,
    -- Starting the same work twice finds the first.
    dedupe_key text not null unique,
    -- What it is about, for people: an order reference, a server's name.
    subject text not null,
    correlation_id text not null,
    created_at timestamptz not null default now()
);

create table job_steps (
    id bigint generated always as identity primary key,
    chain_id bigint not null references job_chains on delete cascade,
    position integer not null,
    kind text not null,
    payload jsonb not null,
    state text not null check (state in ('waiting', 'due', 'running', 'done', 'failed', 'cancelled')),
    attempt integer not null default 0,
    run_at timestamptz not null default now(),
    lease_token uuid,
    lease_expires_at timestamptz,
    -- When it was last handed to the engine; absent when it must be (again).
    dispatched_at timestamptz,
    engine_reference text,
    -- How it stopped, when failed: for a person to decide (review), or given up after its last attempt.
    verdict text check (verdict in ('review', 'given_up')),
    last_error_code text,
    last_error text,
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- Positions are unique too, being numbered by the statement that starts the chain; a second index would be written six times an order.
    unique (chain_id, kind),
    check ((state = 'running') = (lease_token is not null)),
    check ((lease_token is null) = (lease_expires_at is null)),
    check ((state = 'failed') = (verdict is not null)),
    check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null))
);

create index job_steps_due on job_steps (run_at) where state = 'due';
create index job_steps_leases on job_steps (lease_expires_at) where state = 'running';
create index job_steps_failed on job_steps (id) where state = 'failed';
create index job_steps_finished on job_steps (finished_at) where state in ('done', 'cancelled');
