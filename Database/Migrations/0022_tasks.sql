-- Tasks of anything: what is done on a server needs no order. And one timeline for every subject.

create domain task_kind as text check (value in ('hosting', 'backup', 'mail', 'ssl'));

drop view provisioning_task_facts;

alter table provisioning_tasks
    -- What the task is about: with which change of its state other tasks and jobs find it.
    add column subject_kind text,
    add column subject_id bigint,
    alter column order_id drop not null,
    alter column subscription_id drop not null,
    drop constraint provisioning_tasks_type_check,
    alter column type type task_kind;

update provisioning_tasks set
    subject_kind = case when type = 'hosting' and website_id is not null then 'website' else 'subscription' end,
    subject_id = case when type = 'hosting' and website_id is not null then website_id else subscription_id end;

alter table provisioning_tasks
    alter column subject_kind set not null,
    alter column subject_id set not null,
    add constraint provisioning_tasks_subject_kind_check check (subject_kind in ('website', 'subscription')),
    -- An order is for a customer's subscriptions.
    add constraint provisioning_tasks_order_check check (order_id is null or subscription_id is not null);

-- Two plans of an order may be of one website, each with a task; without a subscription a subject has one task of a kind.
create unique index provisioning_tasks_one_open_of_subject on provisioning_tasks (subject_kind, subject_id, type, action)
    where status in ('pending', 'in_progress') and subscription_id is null;
drop index provisioning_tasks_order;
create index provisioning_tasks_order on provisioning_tasks (order_id) where order_id is not null;

alter table products drop constraint products_provisions_check;
create domain provisions as text check (value = 'none' or value::task_kind is not null);
alter table products alter column provisions type provisions;

-- A task with everything that says what it waits for.
create view provisioning_task_facts as
select
    t.id, t.type::text as type, t.action, t.domain, t.payload ->> 'plan' as plan, t.status, t.attempt, t.attempts_spent, t.max_attempts,
    t.order_id, o.reference as order_reference, t.subscription_id, t.website_id, t.server_role, t.server_id, s.name as server_name,
    t.last_error_code, t.last_error, t.correlation_id, t.available_at, t.lease_expires_at, t.finished_at, t.created_at, t.updated_at,
    s.state as server_state, h.received_at as server_heard_at, coalesce(t.type = any (h.capabilities), false) as server_can,
    d.type::text as dependency_type, d.domain as dependency_domain, d.status as dependency_status,
    r.type::text as running_type,
    now() as read_at
from provisioning_tasks t
left join orders o on o.id = t.order_id
left join servers s on s.id = t.server_id
left join server_heartbeats h on h.server_id = t.server_id
left join provisioning_tasks d on d.id = t.depends_on
-- At most one, by provisioning_tasks_one_running_per_domain.
left join provisioning_tasks r on r.domain = t.domain and r.status = 'in_progress' and t.status = 'pending';

alter table order_timeline rename to timeline;
alter table timeline drop constraint order_timeline_intake_id_fkey;
alter table timeline rename column intake_id to subject_id;
alter table timeline add column subject_kind text not null default 'intake';
alter table timeline alter column subject_kind drop default;
alter table timeline drop constraint order_timeline_pkey;
alter table timeline add primary key (subject_kind, subject_id, id);
alter table timeline rename constraint order_timeline_outcome_check to timeline_outcome_check;
alter sequence order_timeline_id_seq rename to timeline_id_seq;
