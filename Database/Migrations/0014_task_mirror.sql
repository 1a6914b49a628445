-- Which job on an engine's own dashboard stands for a provisioning task, and what of the task it was last made to show. Empty where the
-- engine has no dashboard. The task is the truth; nothing that claims or completes one reads or writes here.

create table task_twins (
    task_id bigint primary key references provisioning_tasks,
    -- The engine's id of the job.
    engine_reference text not null,
    -- Absent until it was shown for the first time.
    shown_status text,
    shown_attempt integer,
    shown_server_id bigint,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- Those that may still have to change without their task being open.
create index task_twins_unsettled on task_twins (task_id) where shown_status is null or shown_status in ('pending', 'in_progress');
