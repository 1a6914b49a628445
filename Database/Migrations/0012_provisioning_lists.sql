-- What the pages Provisioning and Jobs read: each list's order with the id behind it, its filters, and its counts.

-- The index on the domain alone is the head of this one.
create index provisioning_tasks_by_domain on provisioning_tasks (domain, id);
drop index provisioning_tasks_domain;
create index provisioning_tasks_by_server on provisioning_tasks (server_id, id);
create index provisioning_tasks_by_type on provisioning_tasks (type, id);
create index provisioning_tasks_pending on provisioning_tasks (id) where status = 'pending';
create index provisioning_tasks_cancelled on provisioning_tasks (id) where status = 'cancelled';
create index provisioning_tasks_search on provisioning_tasks using gin (domain gin_trgm_ops) with (gin_pending_list_limit = 512);
-- What was done and what failed lately.
create index provisioning_tasks_finished on provisioning_tasks (finished_at, status, server_id) where finished_at is not null;

-- Failed tasks and failed job steps stand in one list. Its rows are numbered by both: even numbers are tasks, odd ones steps.
create index provisioning_tasks_failed_at on provisioning_tasks (finished_at, (id * 2)) where status = 'failed';
create index job_steps_failed_at on job_steps (finished_at, (id * 2 + 1)) where state = 'failed';
create index job_steps_cancelled on job_steps (id) where state = 'cancelled';

-- Chains are written once and never changed, so these cost little.
create index job_chains_search on job_chains using gin (subject gin_trgm_ops) with (gin_pending_list_limit = 512);
create index job_chains_correlation on job_chains (correlation_id);
create index job_chains_by_kind on job_chains (kind, id);

-- The processes of the panel, as they report themselves.
create table job_workers (
    -- Made anew by each start of a process.
    id uuid primary key,
    host text not null,
    pid integer not null,
    -- What it does: web, jobs.
    roles text[] not null,
    engine text not null,
    -- How many steps it runs at once at most; 0 for one that runs none.
    slots integer not null check (slots >= 0),
    running integer not null default 0 check (running >= 0),
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now()
);
