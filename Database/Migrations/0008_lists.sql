-- Records that people edit carry a version, which each edit by a person raises: whoever saves over somebody else's change is told so.
-- Not updated_at: machines touch these rows too.

create extension if not exists pg_trgm;

alter table customers add column version integer not null default 1;
alter table products add column version integer not null default 1;
alter table servers add column version integer not null default 1;
alter table users add column version integer not null default 1;
alter table roles add column version integer not null default 1;
alter table domains add column version integer not null default 1;

insert into permissions (code, description) values
    ('guardian.view', 'See the guardian'),
    ('guardian.manage', 'Deploy the guardian');

insert into role_permissions (role_id, permission_code)
select r.id, p.code from roles r cross join permissions p
where p.code in ('guardian.view', 'guardian.manage') and r.code in ('super_admin', 'admin');

-- The list of websites: each sort column with the id behind it, and the search.
create index websites_by_domain on websites (domain, id);
create index websites_by_creation on websites (created_at, id);
create index websites_customer on websites (customer_id, id);
create index websites_search on websites using gin (domain gin_trgm_ops) with (gin_pending_list_limit = 512);
create index provisioning_tasks_website on provisioning_tasks (website_id, id);
