-- What servers keep of websites of which they have something else than this panel may overwrite, as their agents have said it. A person
-- decides which of the two counts.
create table kept_specs (
    placement_id bigint primary key references placements on delete cascade,
    server_id bigint not null references servers,
    -- The contract's record.
    spec jsonb not null,
    revision bigint not null check (revision > 0),
    -- As the node keeps it.
    hash text not null check (hash ~ '^[0-9a-f]{64}$'),
    said_at timestamptz not null default now()
);

-- Days of traffic that are forgotten are few among many.
create index website_traffic_day on website_traffic (day);
