-- Who may do what: roles and permissions, people (users), machines (API keys), and the record of what they did.

create table permissions (
    code text primary key,
    description text not null
);

create table roles (
    id bigint generated always as identity primary key,
    code text not null unique,
    name text not null,
    description text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table role_permissions (
    role_id bigint not null references roles,
    permission_code text not null references permissions,
    primary key (role_id, permission_code)
);

create table users (
    id bigint generated always as identity primary key,
    email text not null,
    normalized_email text not null unique,
    display_name text not null,
    status text not null check (status in ('invited', 'active', 'disabled')),
    -- Absent until an invited user sets one.
    password_hash text,
    must_change_password boolean not null default false,
    security_stamp text not null,
    access_failed_count integer not null default 0,
    lockout_end timestamptz,
    two_factor_enabled boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table user_roles (
    user_id bigint not null references users,
    role_id bigint not null references roles,
    primary key (user_id, role_id)
);

create table api_keys (
    id bigint generated always as identity primary key,
    name text not null,
    -- The visible part: finds the row, identifies the key in lists and logs. Not secret.
    prefix text not null unique,
    -- SHA-256 of the secret part, which is 256 random bits: a slow hash would protect nothing more.
    secret_hash bytea not null check (octet_length(secret_hash) = 32),
    scopes text[] not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table audit_entries (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor_kind text not null check (actor_kind in ('user', 'api_key', 'server', 'system', 'anonymous')),
    actor_name text not null,
    action text not null,
    subject text not null,
    before jsonb,
    after jsonb,
    remote_address text,
    correlation_id text not null
);

create index audit_entries_subject on audit_entries (subject, id);

-- Financial and audit rows are evidence. No role of the panel deletes them, whatever the code above asks for.
create function forbid_delete() returns trigger language plpgsql as $$
begin
    raise exception '% rows are never deleted', tg_table_name using errcode = 'restrict_violation';
end $$;

create function forbid_change() returns trigger language plpgsql as $$
begin
    raise exception '% rows are never changed', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger audit_entries_kept before delete on audit_entries for each row execute function forbid_delete();
create trigger audit_entries_kept_whole before truncate on audit_entries for each statement execute function forbid_delete();
create trigger audit_entries_fixed before update on audit_entries for each row execute function forbid_change();
