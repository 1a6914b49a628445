-- How people get in: sessions, login attempts, one-time links, two-factor secrets and recovery codes; what protects the last super admin.

alter table users
    -- IANA name; absent until the browser or the person says one.
    add column time_zone text,
    add column last_login_at timestamptz,
    -- Encrypted by the program; there while two-factor login is set up and while it is on.
    add column totp_secret text,
    -- The newest 30-second step whose code was taken: that code, and older ones, are taken no more.
    add column totp_step bigint not null default 0,
    -- Deleted users stay as rows, disabled, because other rows are about them.
    add column deleted_at timestamptz,
    add constraint users_deleted_disabled check (deleted_at is null or status = 'disabled'),
    add constraint users_two_factor_secret check (not two_factor_enabled or totp_secret is not null);

alter table roles
    add column requires_two_factor boolean not null default false,
    add column built_in boolean not null default false;

update roles set built_in = true where code in ('super_admin', 'admin', 'editor', 'support', 'customer');

create index user_roles_role on user_roles (role_id);
create index users_by_name on users (display_name, id);
create index users_by_creation on users (created_at, id);
create index users_by_login on users (coalesce(last_login_at, timestamptz 'epoch'), id);
create index users_search on users using gin ((email || ' ' || display_name) gin_trgm_ops);

-- What a user may do, whoever asks. A super admin may do everything, also what a later version adds.
create view user_permissions as
    select ur.user_id, rp.permission_code
    from user_roles ur join role_permissions rp on rp.role_id = ur.role_id
    union
    select ur.user_id, p.code
    from user_roles ur join roles r on r.id = ur.role_id cross join permissions p
    where r.code = 'super_admin';

create table sessions (
    id bigint generated always as identity primary key,
    -- SHA-256 of the cookie's 256 random bits.
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    user_id bigint not null references users,
    -- The user's at that time: a new one ends the session.
    security_stamp text not null,
    status text not null check (status in ('awaiting_code', 'active', 'ended')),
    two_factor_passed boolean not null default false,
    remote_address text not null,
    user_agent text not null,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    constraint sessions_ended check ((status = 'ended') = (ended_at is not null))
);

create index sessions_user on sessions (user_id, id);
create index sessions_expiry on sessions (expires_at);
create index sessions_in_use on sessions (last_seen_at, id) where status = 'active';

create table login_attempts (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    -- As it was typed, cut to 254 characters.
    email text not null,
    user_id bigint references users,
    outcome text not null check (outcome in (
        'signed_in', 'password_accepted', 'unknown_user', 'not_active', 'wrong_password', 'wrong_code', 'locked_out')),
    remote_address text not null,
    user_agent text not null
);

create index login_attempts_at on login_attempts (at);
create index login_attempts_user on login_attempts (user_id, id);
create index login_attempts_outcome on login_attempts (outcome, id);
create index login_attempts_email on login_attempts (lower(email), id);

create table user_invitations (
    id bigint generated always as identity primary key,
    user_id bigint not null references users,
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    invited_by text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);

create index user_invitations_user on user_invitations (user_id, id);
-- One link at a time: a new one ends the old.
create unique index user_invitations_open on user_invitations (user_id) where used_at is null;

create table recovery_codes (
    id bigint generated always as identity primary key,
    user_id bigint not null references users,
    code_hash bytea not null check (octet_length(code_hash) = 32),
    created_at timestamptz not null default now(),
    used_at timestamptz,
    unique (user_id, code_hash)
);

alter table api_keys
    add column created_by text not null default 'command line',
    -- The key that takes its place, which was made by rotating it.
    add column successor_id bigint unique references api_keys;

create index audit_entries_at on audit_entries (at);
create index audit_entries_actor on audit_entries (actor_name, id);
create index audit_entries_action on audit_entries (action text_pattern_ops, id);
create index audit_entries_search on audit_entries using gin (subject gin_trgm_ops);
-- What a role gives and who has which: few among many.
create index audit_entries_roles on audit_entries (id)
    where action in ('role.created', 'role.changed', 'user.invited', 'user.changed');

-- Somebody must be left who can let the others in. The lock makes two requests, each of which would leave the other's, wait for each
-- other; the one that comes second then sees what the first did.
create function keep_a_super_admin() returns trigger language plpgsql as $$
begin
    perform 1 from roles where code = 'super_admin' for no key update;
    if not exists (
        select 1 from users u join user_roles ur on ur.user_id = u.id join roles r on r.id = ur.role_id
        where r.code = 'super_admin' and u.status = 'active'
    ) then
        raise exception 'the last active super admin stays' using errcode = 'check_violation', constraint = 'last_super_admin';
    end if;
    return null;
end $$;

create function is_super_admin_role(id bigint) returns boolean language sql stable as
    'select exists (select 1 from roles r where r.id = $1 and r.code = ''super_admin'')';

create function has_super_admin_role(id bigint) returns boolean language sql stable as
    'select exists (select 1 from user_roles ur where ur.user_id = $1 and is_super_admin_role(ur.role_id))';

create function is_active_user(id bigint) returns boolean language sql stable as
    'select exists (select 1 from users u where u.id = $1 and u.status = ''active'')';

create trigger users_keep_a_super_admin after update of status on users
    for each row when (old.status = 'active' and new.status <> 'active' and has_super_admin_role(old.id))
    execute function keep_a_super_admin();
create trigger user_roles_keep_a_super_admin after delete on user_roles
    for each row when (is_super_admin_role(old.role_id) and is_active_user(old.user_id))
    execute function keep_a_super_admin();
