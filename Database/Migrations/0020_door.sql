-- What happens at the door: paid orders that were refused, payments that were made for their order, what a person accepted.

-- The money has been taken already, so an order that fails validation is kept until a person has decided.
create table refused_orders (
    id bigint generated always as identity primary key,
    -- Tells one from another: the PaymentIntent, or the body's SHA-256 where no PaymentIntent can be read from it.
    key text not null unique check (key <> ''),
    -- Absent where none can be read.
    stripe_payment_intent_id text check (stripe_payment_intent_id <> ''),
    status text not null default 'open' check (status in ('open', 'received', 'closed')),
    -- As it was sent last.
    body text not null check (octet_length(body) <= 262144),
    -- [{ path, code, message }]
    faults jsonb not null check (jsonb_typeof(faults) = 'array'),
    -- How often it was sent.
    times integer not null default 1 check (times > 0),
    received_by text not null,
    correlation_id text not null,
    -- Absent until it became an order.
    intake_id bigint references order_intakes,
    -- What is owed to the customer, and who closed it.
    note text check (note <> ''),
    closed_by text,
    closed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((status = 'received') = (intake_id is not null)),
    check ((status = 'closed') = (closed_at is not null)),
    check ((closed_at is null) = (closed_by is null)),
    check ((closed_at is null) = (note is null))
);

create index refused_orders_open on refused_orders (updated_at, id) where status = 'open';
create index refused_orders_by_creation on refused_orders (created_at, id);
create index refused_orders_payment on refused_orders (stripe_payment_intent_id) where stripe_payment_intent_id is not null;

create trigger refused_orders_kept before delete on refused_orders for each row execute function forbid_delete();

-- What a person accepted although it stopped the order: the codes of the reasons.
alter table order_intakes add column accepted text[] not null default '{}';

-- How this installation takes orders in: one row.
create table order_policy (
    only_one boolean primary key default true check (only_one),
    -- Payments that don't name the order they were made for. A shop of an earlier release names none; a new installation never takes them.
    accept_unbound boolean not null
);

insert into order_policy (accept_unbound) select exists (select from order_intakes);
