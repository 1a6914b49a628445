-- What a claim and a completion write. Each makes a new version of the task's row, and each version has a place in every index of the
-- table that holds it: what lists alone need must not be paid for there.

-- Their list finds them by a part of their domain through domains_search: the step that makes tasks registers the domain first.
drop index provisioning_tasks_search;
-- Nearly all are hosting: a list of these needs no index to find them.
drop index provisioning_tasks_by_type;
create index provisioning_tasks_other_types on provisioning_tasks (type, id) where type <> 'hosting';
-- All tasks of a website are on its domain.
drop index provisioning_tasks_website;
-- As many tasks run as agents have slots: leases that ran out are found among them by provisioning_tasks_one_running_per_domain, and a
-- renewal changes no index.
drop index provisioning_tasks_leases;
-- Always asked for with the task, and a random number needs no index to be unique.
alter table task_attempts drop constraint task_attempts_lease_token_key;
-- One index in place of two. The id is the sequence's.
alter table order_timeline drop constraint order_timeline_pkey, add primary key (intake_id, id);
drop index order_timeline_intake;

-- Room for the next version on the same page.
alter table provisioning_tasks set (fillfactor = 90);
alter table task_attempts set (fillfactor = 90);
alter table orders set (fillfactor = 90);
