-- What is sold. A product is known outside by its code: the wire's productSlug is that code.

create table products (
    id bigint generated always as identity primary key,
    code text not null unique check (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name text not null,
    description text not null,
    provisions text not null check (provisions in ('hosting', 'backup', 'mail', 'ssl', 'none')),
    -- The role of the server that does the work; absent when there is none to do.
    server_role text check (server_role in ('web', 'dns', 'mail', 'db', 'panel')),
    -- Tags that the server must have, all of them.
    server_tags text[] not null default '{}',
    active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((provisions = 'none') = (server_role is null))
);

create table product_prices (
    product_id bigint not null references products,
    billing_period text not null check (billing_period in ('month', 'year', 'one_time')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    amount numeric(14,3) not null check (amount >= 0),
    active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (product_id, billing_period, currency)
);
