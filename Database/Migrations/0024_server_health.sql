-- Heard is not healthy: what an agent says of the services that its node stands on.

alter table server_heartbeats
    -- What is wrong, for people; absent while all is well.
    add column problem text check (problem <> ''),
    -- Since when anything has been wrong.
    add column unwell_since timestamptz,
    add constraint server_heartbeats_unwell_check check ((problem is null) = (unwell_since is null));
