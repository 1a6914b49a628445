-- A server may do more than one thing.

alter table servers add column roles text[];
update servers set roles = array[role];
alter table servers
    alter column roles set not null,
    add constraint servers_roles_check check (
        roles <@ array['web', 'dns', 'mail', 'db', 'panel'] and cardinality(roles) between 1 and 5
    ),
    drop column role;
