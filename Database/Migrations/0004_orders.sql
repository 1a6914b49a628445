-- The sacred path's business rows, see docs/blueprint.md: intake, payment, customer, order, subscription, invoice.

create table customers (
    id bigint generated always as identity primary key,
    -- The login, once the customer has one.
    user_id bigint unique references users,
    email text not null,
    normalized_email text not null unique,
    name text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table order_intakes (
    id bigint generated always as identity primary key,
    reference text not null generated always as ('ORD-' || (1000 + id)) stored unique,
    stripe_payment_intent_id text not null unique,
    -- SHA-256 of the canonical body: tells a repeat from a contradiction.
    body_digest bytea not null check (octet_length(body_digest) = 32),
    body jsonb not null,
    status text not null default 'received' check (status in ('received', 'processing', 'completed', 'needs_review', 'rejected')),
    -- Why it waits, needs review or was rejected; absent while nothing is in the way.
    reason_code text,
    reason text,
    -- Set when a person accepted prices that differ from the catalogue's.
    prices_accepted_at timestamptz,
    prices_accepted_by text,
    -- Absent until the chain's customer step.
    customer_id bigint references customers,
    correlation_id text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (status not in ('needs_review', 'rejected') or reason_code is not null)
);

create index order_intakes_status on order_intakes (status, id);

create table payments (
    id bigint generated always as identity primary key,
    intake_id bigint not null unique references order_intakes,
    stripe_payment_intent_id text not null unique,
    -- Absent when the gateway named no charge.
    stripe_charge_id text,
    status text not null check (status in ('succeeded', 'partially_refunded', 'refunded', 'disputed')),
    amount numeric(14,3) not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    livemode boolean not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table orders (
    id bigint generated always as identity primary key,
    intake_id bigint not null unique references order_intakes,
    reference text not null unique,
    customer_id bigint not null references customers,
    payment_id bigint not null unique references payments,
    status text not null check (status in ('paid', 'provisioning', 'completed', 'needs_review', 'refunded', 'cancelled')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    total numeric(14,3) not null check (total > 0),
    primary_domain text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index orders_customer on orders (customer_id);

create table order_items (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders,
    position integer not null,
    product_id bigint not null references products,
    description text not null,
    billing_period text not null check (billing_period in ('month', 'year', 'one_time')),
    quantity integer not null check (quantity > 0),
    unit_price numeric(14,3) not null check (unit_price >= 0),
    amount numeric(14,3) not null check (amount = quantity * unit_price),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (order_id, position)
);

create table subscriptions (
    id bigint generated always as identity primary key,
    order_item_id bigint not null unique references order_items,
    customer_id bigint not null references customers,
    product_id bigint not null references products,
    status text not null check (status in ('pending', 'active', 'past_due', 'suspended', 'cancelled')),
    billing_period text not null check (billing_period in ('month', 'year')),
    quantity integer not null check (quantity > 0),
    unit_price numeric(14,3) not null check (unit_price >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    domain text not null,
    current_period_start timestamptz not null,
    current_period_end timestamptz not null check (current_period_end > current_period_start),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index subscriptions_customer on subscriptions (customer_id);

-- Numbers are taken from here inside the invoice's own transaction: a rollback gives the number back, so there are no gaps.
create table invoice_series (
    series text primary key,
    next_number integer not null default 1 check (next_number > 0)
);

create table invoices (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders,
    customer_id bigint not null references customers,
    -- Absent until paid.
    payment_id bigint references payments,
    series text not null references invoice_series,
    number integer not null check (number > 0),
    invoice_number text not null generated always as (series || '-' || lpad(number::text, greatest(6, length(number::text)), '0')) stored unique,
    status text not null check (status in ('draft', 'open', 'paid', 'partially_refunded', 'refunded', 'void', 'uncollectible')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    total numeric(14,3) not null,
    -- Frozen at issue: later changes of the customer do not rewrite history.
    buyer_name text not null,
    buyer_email text not null,
    issued_at timestamptz not null,
    paid_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (series, number),
    check (status <> 'paid' or (paid_at is not null and payment_id is not null))
);

create unique index invoices_one_paid_per_order on invoices (order_id) where status in ('paid', 'partially_refunded', 'refunded');
create index invoices_order on invoices (order_id);
create index invoices_customer on invoices (customer_id);

create table invoice_lines (
    invoice_id bigint not null references invoices,
    position integer not null,
    description text not null,
    quantity integer not null check (quantity > 0),
    unit_price numeric(14,3) not null,
    amount numeric(14,3) not null check (amount = quantity * unit_price),
    primary key (invoice_id, position)
);

-- One line per thing that happened to an order, in order: what the trace shows.
create table order_timeline (
    id bigint generated always as identity primary key,
    intake_id bigint not null references order_intakes,
    at timestamptz not null default now(),
    step text not null,
    -- Absent for what is not an attempt at a step, such as a person's decision.
    attempt integer,
    duration_ms integer,
    outcome text not null check (outcome in ('received', 'done', 'retry', 'needs_review', 'failed', 'rejected', 'cancelled', 'resumed', 'waiting', 'started', 'released')),
    code text,
    message text,
    -- The provisioning task it is about; absent on the chain's own lines.
    task_id bigint,
    actor text not null,
    correlation_id text not null
);

create index order_timeline_intake on order_timeline (intake_id, id);

create trigger order_intakes_kept before delete on order_intakes for each row execute function forbid_delete();
create trigger payments_kept before delete on payments for each row execute function forbid_delete();
create trigger orders_kept before delete on orders for each row execute function forbid_delete();
create trigger order_items_kept before delete on order_items for each row execute function forbid_delete();
create trigger invoices_kept before delete on invoices for each row execute function forbid_delete();
create trigger invoice_lines_kept before delete on invoice_lines for each row execute function forbid_delete();
