-- What nodes say that stands on them, compared with what shall.

-- When somebody asked last for a look at the node; its agent hears of it with its next heartbeat.
alter table servers add column inventory_asked_at timestamptz;

-- The last look of each server's agent.
create table server_inventories (
    server_id bigint primary key references servers,
    run uuid not null,
    begun_at timestamptz not null default now(),
    -- Absent until its last part came.
    finished_at timestamptz,
    items bigint not null default 0
);

-- What a node has and this panel doesn't know, or not there. It stays as it is until a person decides.
create table server_orphans (
    server_id bigint not null references servers,
    kind text not null,
    subject_id bigint not null,
    problem text not null check (problem <> ''),
    run uuid not null,
    since timestamptz not null default now(),
    primary key (server_id, kind, subject_id)
);

-- The look that named it last.
alter table placements add column inventory_run uuid;
