-- What shall stand where, and what does.

-- This installation: what a node has from another one, it keeps.
create table installation (
    only_one boolean primary key default true check (only_one),
    epoch uuid not null default gen_random_uuid(),
    created_at timestamptz not null default now()
);

insert into installation default values;

-- What a hosting plan allows.
alter table products
    add column disk_mb integer not null default 5000 check (disk_mb between 1 and 100000000),
    add column inodes integer not null default 200000 check (inodes between 1 and 2000000000),
    add column upload_mb integer not null default 64 check (upload_mb between 1 and 10240),
    add column php_workers integer not null default 4 check (php_workers between 1 and 1000),
    add column php_memory_mb integer not null default 256 check (php_memory_mb between 16 and 65536),
    add column traffic_gb integer not null default 100 check (traffic_gb between 1 and 1000000),
    add column cron_jobs integer not null default 10 check (cron_jobs between 0 and 1000);

update products p
set disk_mb = v.disk, inodes = v.inodes, upload_mb = v.upload, php_workers = v.workers, traffic_gb = v.traffic, cron_jobs = v.cron
from (values
    ('starter', 5000, 200000, 32, 2, 50, 5),
    ('business', 25000, 500000, 128, 6, 250, 20),
    ('wp-growth', 50000, 1000000, 256, 8, 500, 20)
) as v (code, disk, inodes, upload, workers, traffic, cron)
where p.code = v.code;

drop trigger websites_transitions on websites;
alter table websites drop constraint websites_status_check, drop constraint websites_check;
drop index websites_one_live_per_domain;
drop index websites_server;
update websites set status = 'removed' where status = 'deleted';

alter table websites
    -- Every reason for which it is suspended: it answers again when none is left.
    add column suspended_for text[] not null default '{}' check (suspended_for <@ array['abuse', 'unpaid', 'customer']),
    -- When it first stood on a server.
    add column activated_at timestamptz,
    -- When it is erased; absent unless it is being removed.
    add column remove_after timestamptz,
    add column removed_at timestamptz,
    -- The verified archive of its files that its server keeps, or kept until it was erased.
    add column archived_as text,
    add column archive_bytes bigint,
    add column archive_sha256 text,
    -- What its server looked for after it was erased, and did not find.
    add column erased text[],
    add constraint websites_status_check check (status in ('pending', 'active', 'suspended', 'removing', 'removed')),
    add constraint websites_server_check check (status not in ('active', 'suspended') or server_id is not null),
    add constraint websites_suspended_check check (case status when 'active' then suspended_for = '{}' when 'suspended' then suspended_for <> '{}' else true end),
    add constraint websites_removing_check check (status <> 'removing' or remove_after is not null),
    -- Nothing that stood is erased without an archive.
    add constraint websites_removed_check check (status <> 'removed' or archived_as is not null or activated_at is null);

update websites set activated_at = updated_at where status = 'active';

create unique index websites_one_live_per_domain on websites (domain) where status <> 'removed';
create index websites_server on websites (server_id) where status <> 'removed';
create index websites_to_erase on websites (remove_after) where status = 'removing';

create trigger websites_transitions before update of status on websites for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'pending > active', 'pending > suspended', 'pending > removing', 'pending > removed',
        'active > suspended', 'active > removing', 'suspended > active', 'suspended > removing',
        'removing > pending', 'removing > active', 'removing > suspended', 'removing > removed'
    ])) execute function refuse_transition('status');

-- Names of websites, each once over all servers.
create table hostnames (
    -- ASCII (punycode), lower case.
    name text primary key check (name = lower(name) and length(name) between 3 and 253),
    website_id bigint not null references websites on delete cascade,
    role text not null check (role in ('primary', 'alias', 'redirect')),
    -- Of a redirect: an absolute address.
    target text check (length(target) between 8 and 2000),
    code smallint check (code in (301, 302, 308)),
    created_at timestamptz not null default now(),
    check ((role = 'redirect') = (target is not null)),
    check ((target is null) = (code is null))
);

create unique index hostnames_one_primary on hostnames (website_id) where role = 'primary';
create index hostnames_of_website on hostnames (website_id);

insert into hostnames (name, website_id, role) select domain, id, 'primary' from websites where status <> 'removed';

-- Whoever makes a website: it has its name, or isn't made.
create function name_website() returns trigger language plpgsql as $$
begin
    insert into hostnames (name, website_id, role) values (new.domain, new.id, 'primary');
    return null;
end $$;

create trigger websites_named after insert on websites for each row when (new.status <> 'removed') execute function name_website();

-- And once it is gone, its names are free.
create function free_names() returns trigger language plpgsql as $$
begin
    delete from hostnames where website_id = new.id;
    return null;
end $$;

create trigger websites_unnamed after update of status on websites for each row
    when (new.status = 'removed' and old.status <> 'removed') execute function free_names();

-- The www name of each, where it is no website of its own, and nobody else's.
insert into hostnames (name, website_id, role)
select 'www.' || w.domain, w.id, 'alias'
from websites w
where w.status <> 'removed' and w.domain not like 'www.%' and length(w.domain) <= 249
  and not exists (select from domains d where d.name = 'www.' || w.domain and d.customer_id <> w.customer_id)
on conflict (name) do nothing;

-- Which website a subscription is served by.
alter table subscriptions add column website_id bigint references websites;

update subscriptions s set website_id = w.id
from websites w, products p
where w.domain = s.domain and w.customer_id = s.customer_id and w.status <> 'removed' and p.id = s.product_id and p.provisions = 'hosting';

create index subscriptions_website on subscriptions (website_id) where website_id is not null;

-- All that claims, completions and looks at nodes know: what shall stand, on which server, and what does.
create table placements (
    id bigint generated always as identity primary key,
    kind task_kind not null,
    -- Of a hosting: the website.
    subject_id bigint not null,
    -- Absent while no server has room.
    server_id bigint references servers,
    role text not null default 'serving' check (role in ('serving', 'incoming', 'outgoing')),
    desired text not null default 'present' check (desired in ('present', 'absent')),
    -- The contract's record, without its revision. No secrets.
    spec jsonb not null,
    revision bigint not null default 1 check (revision > 0),
    -- 0 until it stood for the first time.
    applied_revision bigint not null default 0,
    -- As the node keeps it.
    applied_hash text check (applied_hash ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz,
    condition text not null default 'unknown' check (condition in ('unknown', 'ok', 'drifted', 'broken', 'ahead')),
    -- Why, where it is not well.
    condition_code text,
    condition_text text,
    condition_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (applied_revision between 0 and revision)
) with (fillfactor = 90);

create unique index placements_serving on placements (kind, subject_id) where role = 'serving';
create index placements_of_server on placements (server_id, id);
create index placements_behind on placements (id) where applied_revision < revision;
create index placements_unwell on placements (id) where condition in ('drifted', 'broken', 'ahead');

-- What a website's node is told; the contract's HostingSpec without its revision.
create function website_spec(of_website bigint) returns jsonb language sql stable as $$
    select jsonb_build_object(
        'websiteId', w.id,
        'epoch', (select epoch from installation),
        'state', case when w.status = 'removing' or w.suspended_for <> '{}' then 'suspended' else 'active' end,
        'suspendedFor', case
            when 'abuse' = any (w.suspended_for) then 'abuse'
            when 'unpaid' = any (w.suspended_for) then 'unpaid'
            when 'customer' = any (w.suspended_for) then 'customer'
            when w.status = 'removing' then 'removal'
        end,
        'names', (
            select jsonb_agg(
                jsonb_strip_nulls(jsonb_build_object('name', h.name, 'role', h.role, 'target', h.target, 'status', h.code))
                order by h.role <> 'primary', h.name collate "C"
            )
            from hostnames h where h.website_id = w.id
        ),
        'limits', jsonb_build_object(
            'diskMb', p.disk_mb, 'inodes', p.inodes, 'uploadMb', p.upload_mb, 'phpWorkers', p.php_workers, 'phpMemoryMb', p.php_memory_mb,
            'trafficGb', p.traffic_gb, 'cronJobs', p.cron_jobs
        ),
        'php', null,
        'tls', jsonb_build_object('mode', 'off', 'forceHttps', false, 'hsts', false),
        'sftp', '[]'::jsonb,
        'cron', '[]'::jsonb,
        'serve', 'static',
        'archive', w.status = 'removing'
    )
    from websites w join products p on p.code = w.plan
    where w.id = of_website
$$;

-- So far the plan was the one applied last: one that still waits, runs or failed stood in its task only. Of two in one order the higher.
update websites w set plan = (
    select p.code from provisioning_tasks t join products p on p.code = t.payload ->> 'plan'
    where t.website_id = w.id and t.type = 'hosting' and t.status in ('pending', 'in_progress', 'failed')
    order by t.order_id desc, p.rank desc, t.id desc
    limit 1
)
where exists (
    select from provisioning_tasks t join products p on p.code = t.payload ->> 'plan'
    where t.website_id = w.id and t.type = 'hosting' and t.status in ('pending', 'in_progress', 'failed')
);

insert into placements (kind, subject_id, server_id, spec)
select 'hosting', id, server_id, website_spec(id) from websites where status <> 'removed';

-- What a person gave up, or what failed for good, is not begun anew by an upgrade.
update placements p
set condition = 'broken', condition_code = coalesce(last.last_error_code, 'cancelled'),
    condition_text = coalesce(last.last_error, 'Its task was cancelled.')
from websites w
cross join lateral (
    select t.status, t.last_error_code, t.last_error from provisioning_tasks t
    where t.website_id = w.id and t.type = 'hosting' order by t.id desc limit 1
) last
where p.kind = 'hosting' and p.subject_id = w.id and w.status = 'pending' and last.status in ('failed', 'cancelled')
  and not exists (
      select from provisioning_tasks t where t.website_id = w.id and t.type = 'hosting' and t.status in ('pending', 'in_progress')
  );

drop view provisioning_task_facts;

alter table provisioning_tasks
    -- What it brings to its desired state; absent for kinds without one. What exactly, the claim says: action, revision and payload are
    -- taken from the placement then.
    add column placement_id bigint references placements,
    add column revision bigint,
    drop constraint provisioning_tasks_action_check,
    add constraint provisioning_tasks_action_check check (action in ('create', 'apply', 'remove'));

update provisioning_tasks t set placement_id = p.id
from placements p where p.kind = 'hosting' and p.subject_id = t.website_id and t.type = 'hosting';

-- Of those that wait for one website the last one says it all; one that failed before it has nothing more to say.
create temporary table superseded on commit drop as
select t.id, kept.id as by_id
from provisioning_tasks t
join (select placement_id, max(id) as id from provisioning_tasks where status = 'pending' and placement_id is not null group by placement_id) kept
  on kept.placement_id = t.placement_id and t.id < kept.id
where t.status in ('pending', 'failed');

update provisioning_tasks t set depends_on = nullif(s.by_id, t.id) from superseded s where t.depends_on = s.id;
update provisioning_tasks t set status = 'cancelled', finished_at = coalesce(t.finished_at, now()), updated_at = now()
from superseded s where t.id = s.id;

update provisioning_tasks set action = 'apply' where status = 'pending' and placement_id is not null;

-- Two that would bring one placement to its desired state are one too many.
create unique index provisioning_tasks_one_pending_of_placement on provisioning_tasks (placement_id) where status = 'pending';
create unique index provisioning_tasks_one_running_of_placement on provisioning_tasks (placement_id) where status = 'in_progress';
create index provisioning_tasks_placement on provisioning_tasks (placement_id, id) where placement_id is not null;
drop index provisioning_tasks_one_open;
drop index provisioning_tasks_one_open_of_subject;
create unique index provisioning_tasks_one_open on provisioning_tasks (subscription_id, type, action)
    where status in ('pending', 'in_progress') and placement_id is null;
create unique index provisioning_tasks_one_open_of_subject on provisioning_tasks (subject_kind, subject_id, type, action)
    where status in ('pending', 'in_progress') and subscription_id is null and placement_id is null;

-- What the agent said that stands after it; the contract's AppliedState.
alter table task_attempts add column applied jsonb;

-- A task with everything that says what it waits for.
create view provisioning_task_facts as
select
    t.id, t.type::text as type, t.action, t.domain, coalesce(t.payload ->> 'plan', w.plan) as plan, t.status, t.attempt, t.attempts_spent,
    t.max_attempts, t.order_id, o.reference as order_reference, t.subscription_id, t.website_id, t.server_role, t.server_id,
    s.name as server_name, t.last_error_code, t.last_error, t.correlation_id, t.available_at, t.lease_expires_at, t.finished_at,
    t.created_at, t.updated_at, s.state as server_state, h.received_at as server_heard_at,
    coalesce(t.type = any (h.capabilities), false) as server_can,
    -- An agent of an earlier release: it hosts, and doesn't know how it is told now.
    coalesce(t.type || '-1' = any (h.capabilities), false) as server_is_old,
    d.type::text as dependency_type, d.domain as dependency_domain, d.status as dependency_status,
    r.type::text as running_type,
    now() as read_at
from provisioning_tasks t
left join orders o on o.id = t.order_id
left join websites w on w.id = t.website_id
left join servers s on s.id = t.server_id
left join server_heartbeats h on h.server_id = t.server_id
left join provisioning_tasks d on d.id = t.depends_on
-- At most one, by provisioning_tasks_one_running_per_domain.
left join provisioning_tasks r on r.domain = t.domain and r.status = 'in_progress' and t.status = 'pending';
