-- Two kinds of API keys, and passwords asked for again before what gives power away.

alter table api_keys
    -- A personal key may what its owner may now, as far as its scopes go. A service key belongs to the installation.
    add column kind text not null default 'service' check (kind in ('personal', 'service')),
    add column owner_id bigint references users,
    -- The key that made this one: revoking it revokes this one, too.
    add column made_by_key_id bigint references api_keys,
    -- The owner was disabled, or signed out everywhere, since; the owner alone takes the key into use again.
    add column suspended_at timestamptz,
    -- Made before there were two kinds: somebody is to look whether it is still needed.
    add column to_review boolean not null default false,
    add constraint api_keys_owner check ((kind = 'personal') = (owner_id is not null)),
    add constraint api_keys_suspended check (suspended_at is null or kind = 'personal');

update api_keys set to_review = true where revoked_at is null and (expires_at is null or expires_at > now());

-- In the audit log a key must not pass for a person.
update api_keys set name = regexp_replace(name, '[@＠﹫]', ' at ', 'g') where name ~ '[@＠﹫]';
alter table api_keys add constraint api_keys_name_is_no_address check (name !~ '[@＠﹫]');

create index api_keys_by_owner on api_keys (owner_id, id) where owner_id is not null;
create index api_keys_by_maker on api_keys (made_by_key_id) where made_by_key_id is not null;
create index api_keys_by_expiry on api_keys (expires_at) where revoked_at is null and expires_at is not null;

-- When this browser last gave a password or a code.
alter table sessions add column confirmed_at timestamptz;

-- Whether this user may do anything at all now: active, with a password of their own, and with two-factor login where a role asks for it.
create function may_act(u users) returns boolean language sql stable as $$
    select u.status = 'active' and not u.must_change_password
       and (u.two_factor_enabled or not exists (
           select from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id and r.requires_two_factor))
$$;

-- Whoever can change everything needs more than a password, from the first login on.
update roles set requires_two_factor = true where code in ('super_admin', 'admin');
alter table roles add constraint roles_admins_need_two_factor check (requires_two_factor or code not in ('super_admin', 'admin'));

-- Failed logins, by account and by where they came from: whoever guesses locks themselves out, and not the account's owner.
create table login_budgets (
    user_id bigint not null references users,
    -- 'network 192.0.2.1' (of IPv6 a /64), 'browser 17' for one that the user signed in with before, or 'codes'.
    source text not null,
    failures integer not null check (failures >= 0),
    failed_at timestamptz not null default now(),
    locked_until timestamptz,
    primary key (user_id, source)
);

create index login_budgets_by_age on login_budgets (failed_at);

create table known_browsers (
    id bigint generated always as identity primary key,
    user_id bigint not null references users,
    -- SHA-256 of the cookie's 256 random bits.
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    used_at timestamptz not null default now(),
    created_at timestamptz not null default now()
);

create index known_browsers_by_user on known_browsers (user_id, used_at);
create index known_browsers_by_age on known_browsers (used_at);

alter table users drop column access_failed_count, drop column lockout_end;

-- Whether the tokens that the server has end when its agent enrols with this code.
alter table server_enrolments add column ends_others boolean not null default false;

alter table users
    -- A one-time password is taken until then; absent for a password of one's own.
    add column password_expires_at timestamptz;

update users set password_expires_at = now() + interval '3 days' where must_change_password;

-- Not valid: what stands there met the narrower rule, so that a long table need not be read while it is locked.
alter table login_attempts drop constraint login_attempts_outcome_check;
alter table login_attempts add constraint login_attempts_outcome_check check (outcome in (
    'signed_in', 'password_accepted', 'unknown_user', 'not_active', 'wrong_password', 'wrong_code', 'locked_out', 'password_expired')) not valid;
