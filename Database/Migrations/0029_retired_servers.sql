-- Servers that leave for good, and what was lost with one of them.

drop trigger servers_transitions on servers;

alter table servers
    drop constraint servers_state_check,
    add column retired_at timestamptz,
    -- It is gone with all that stood on it; absent for one that was empty when it left.
    add column lost_at timestamptz,
    add constraint servers_state_check check (state in ('active', 'draining', 'maintenance', 'retired')),
    add constraint servers_retired_check check ((state = 'retired') = (retired_at is not null)),
    add constraint servers_lost_check check (lost_at is null or state = 'retired');

create trigger servers_transitions before update of state on servers for each row
    when (old.state <> new.state and old.state || ' > ' || new.state <> all (array[
        'active > draining', 'active > maintenance', 'draining > active', 'draining > maintenance',
        'maintenance > active', 'maintenance > draining',
        'active > retired', 'draining > retired', 'maintenance > retired'
    ])) execute function refuse_transition('state');

alter table websites
    -- The server that had its files was lost, and nobody has put them back.
    add column content_lost_at timestamptz,
    drop constraint websites_server_check,
    drop constraint websites_removed_check,
    -- One that stood on a lost server may wait for room on another.
    add constraint websites_server_check
        check (status not in ('active', 'suspended') or server_id is not null or content_lost_at is not null),
    -- Nothing that stood is erased without an archive, but for what was lost with its server.
    add constraint websites_removed_check
        check (status <> 'removed' or archived_as is not null or activated_at is null or content_lost_at is not null);

create index websites_content_lost on websites (content_lost_at) where content_lost_at is not null and status <> 'removed';

-- Websites of a www name that are none of the name without it: few, and looked for all the time.
create index websites_www on websites (domain) where domain like 'www.%' and status <> 'removed';
