-- What the servers' agents measured, by minute for two days and by hour for ninety: averages and maxima of what the heartbeats said.
-- A time at which nothing was heard has no row.

create table server_metrics_minutes (
    server_id bigint not null references servers,
    -- Beginning of the minute.
    at timestamptz not null,
    samples integer not null check (samples > 0),
    cpu_percent double precision not null,
    cpu_percent_max double precision not null,
    memory_used_bytes double precision not null,
    memory_used_bytes_max double precision not null,
    memory_total_bytes double precision not null,
    disk_used_bytes double precision not null,
    disk_used_bytes_max double precision not null,
    disk_total_bytes double precision not null,
    load1 double precision not null,
    load1_max double precision not null,
    network_received double precision not null,
    network_received_max double precision not null,
    network_sent double precision not null,
    network_sent_max double precision not null,
    primary key (server_id, at)
    -- Each row is written some six times within its minute: room for that on its own page.
) with (fillfactor = 70);

-- For the roll-up and for forgetting.
create index server_metrics_minutes_at on server_metrics_minutes (at);

create table server_metrics_hours (like server_metrics_minutes including constraints);
alter table server_metrics_hours
    add primary key (server_id, at),
    add foreign key (server_id) references servers;

create index server_metrics_hours_at on server_metrics_hours (at);

-- The lists of servers and domains: each sort column with the id behind it, the searches, and what stands on a server or a domain.
create index domains_by_name on domains (name, id);
create index domains_by_creation on domains (created_at, id);
create index domains_search on domains using gin (name gin_trgm_ops) with (gin_pending_list_limit = 512);
create index server_tokens_server on server_tokens (server_id, id);
