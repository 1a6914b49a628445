-- E-mail: what is to be said to whom, what became of it, templates that people have changed, and addresses that take no mail.

create table emails (
    id bigint generated always as identity primary key,
    -- Its Message-ID: sent twice, because an answer was lost, it is one message to whoever gets it.
    uid uuid not null default gen_random_uuid() unique,
    template text not null check (template <> ''),
    -- What it is about. The same of the same stage is said once, however often it happens.
    subject_kind text not null check (subject_kind <> ''),
    subject_id bigint not null,
    stage text not null default '',
    recipient text not null check (recipient <> ''),
    recipient_name text not null default '',
    -- Whose page shows it; one of the two, or none.
    customer_id bigint references customers,
    user_id bigint references users,
    locale text not null check (locale ~ '^[a-z]{2}$'),
    -- What the template says it with.
    facts jsonb not null check (jsonb_typeof(facts) = 'object'),
    -- A link that lets its reader in, encrypted by the program; absent once nothing more is to be sent.
    sealed_link text,
    status text not null default 'queued' check (status in ('queued', 'sending', 'sent', 'failed', 'suppressed', 'skipped', 'unknown')),
    -- How often work was added for it: names the work.
    looks integer not null default 1,
    tries integer not null default 0,
    -- Of the last try, or why it was not sent; absent where nothing went wrong.
    reason_code text,
    reason text,
    -- As it was sent, without secrets; absent until then.
    subject_line text,
    body_text text,
    body_html text,
    correlation_id text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    sent_at timestamptz,
    unique (template, subject_kind, subject_id, stage),
    constraint emails_sent check ((status = 'sent') = (sent_at is not null)),
    constraint emails_unsealed check (sealed_link is null or status in ('queued', 'sending')),
    constraint emails_body check (status <> 'sent' or (subject_line is not null and body_text is not null))
) with (fillfactor = 80);

create index emails_by_creation on emails (created_at, id);
create index emails_customer on emails (customer_id, id) where customer_id is not null;
create index emails_recipient on emails (recipient, id);
create index emails_open on emails (id) where status in ('queued', 'sending');

create trigger emails_transitions before update of status on emails for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'queued > sending', 'queued > failed', 'queued > suppressed', 'queued > skipped',
        'sending > sent', 'sending > queued', 'sending > failed', 'sending > suppressed', 'sending > skipped', 'sending > unknown'
    ])) execute function refuse_transition('status');

-- A mail server said that the address takes no mail.
create table email_suppressions (
    id bigint generated always as identity primary key,
    -- Lower case.
    address text not null unique check (address = lower(address)),
    reason text not null,
    email_id bigint references emails on delete set null,
    created_at timestamptz not null default now()
);

-- The mail server, as it was last seen, and whether this installation sends at all.
create table email_relay (
    single boolean primary key default true check (single),
    enabled boolean not null default false,
    -- Since when every try failed; absent while it answers.
    down_since timestamptz,
    problem text,
    updated_at timestamptz not null default now()
);

insert into email_relay default values;

-- Templates that people have changed. Those that are not here are the program's own.
create table email_templates (
    id bigint generated always as identity primary key,
    template text not null,
    locale text not null check (locale ~ '^[a-z]{2}$'),
    subject text not null check (subject <> ''),
    body_text text not null check (body_text <> ''),
    body_html text not null check (body_html <> ''),
    version integer not null default 1,
    updated_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (template, locale)
);

-- What staff were told of, so that they are told once: an entry of "Needs attention" as long as it stands there.
create table staff_alerts (
    attention_id bigint not null,
    code text not null,
    since timestamptz not null,
    told_at timestamptz not null default now(),
    primary key (attention_id, code, since)
);

create index staff_alerts_told on staff_alerts (told_at);

-- Links with which somebody who forgot their password sets another one.
create table password_resets (
    id bigint generated always as identity primary key,
    user_id bigint not null references users,
    -- SHA-256 of the link's 256 random bits.
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);

create index password_resets_user on password_resets (user_id, id);

-- Not valid: what stands there met the narrower rule, so that a long table need not be read while it is locked.
alter table login_attempts drop constraint login_attempts_outcome_check;
alter table login_attempts add constraint login_attempts_outcome_check check (outcome in (
    'signed_in', 'password_accepted', 'unknown_user', 'not_active', 'wrong_password', 'wrong_code', 'locked_out', 'password_expired',
    'reset_asked', 'password_reset')) not valid;

insert into permissions (code, description) values
    ('emails.view', 'See e-mail that the panel sent, and its templates'),
    ('emails.manage', 'Send e-mail again, change templates, and let addresses get mail again');

insert into role_permissions (role_id, permission_code)
select r.id, p.code from roles r cross join permissions p
where (r.code in ('super_admin', 'admin') and p.code in ('emails.view', 'emails.manage'))
   or (r.code = 'support' and p.code = 'emails.view');
