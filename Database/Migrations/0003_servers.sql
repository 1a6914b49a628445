-- The machines that do the work, how they prove who they are, and what they last said of themselves.

create table servers (
    id bigint generated always as identity primary key,
    name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    role text not null check (role in ('web', 'dns', 'mail', 'db', 'panel')),
    address inet not null,
    state text not null default 'active' check (state in ('active', 'draining', 'maintenance')),
    tags text[] not null default '{}',
    website_capacity integer not null default 0 check (website_capacity >= 0),
    -- Kept by the statement that places a website; counting at placement would cost more with every order.
    website_count integer not null default 0 check (website_count >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table server_enrolments (
    id bigint generated always as identity primary key,
    server_id bigint not null references servers,
    code_hash bytea not null unique check (octet_length(code_hash) = 32),
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default now()
);

create table server_tokens (
    id bigint generated always as identity primary key,
    server_id bigint not null references servers,
    prefix text not null unique,
    secret_hash bytea not null check (octet_length(secret_hash) = 32),
    revoked_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null default now()
);

create index server_tokens_valid on server_tokens (server_id) where revoked_at is null;

-- Apart from servers: written every few seconds, while servers is read by every placement.
create table server_heartbeats (
    server_id bigint primary key references servers,
    received_at timestamptz not null,
    agent_version text not null,
    capabilities text[] not null,
    free_slots integer not null check (free_slots >= 0),
    metrics jsonb not null
);
