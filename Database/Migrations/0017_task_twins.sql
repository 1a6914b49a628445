-- Twins are written in bulk and together with their jobs. The jobs that stood here are gone; the follower makes new ones for tasks that are
-- open or failed, and for those that were over less than a day ago.

truncate task_twins;
drop index task_twins_unsettled;

alter table task_twins
    drop column engine_reference,
    -- Its check would lock tasks while their twins are written, and claims pass over what is locked. Tasks are never deleted.
    drop constraint task_twins_task_id_fkey,
    -- Hangfire's id of the job.
    add column hangfire_id bigint not null,
    alter column shown_status set not null,
    alter column shown_attempt set not null;

-- Those that may still have to change without their task being open: it can be tried again and done between two looks.
create index task_twins_unsettled on task_twins (task_id) where shown_status <> 'success';
