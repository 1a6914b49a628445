-- What visitors of websites have moved, as the agents have counted it.
create table website_traffic (
    website_id bigint not null references websites,
    -- Each server counts what it has served: one that takes over in the middle of a day adds to the one before.
    server_id bigint not null references servers,
    -- In UTC.
    day date not null,
    requests bigint not null check (requests >= 0),
    bytes_in bigint not null check (bytes_in >= 0),
    bytes_out bigint not null check (bytes_out >= 0),
    updated_at timestamptz not null default now(),
    primary key (website_id, day, server_id)
);
