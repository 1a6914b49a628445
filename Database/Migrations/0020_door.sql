-- What happens at the door: paid orders that were refused, payments that were made for their order, what a person accepted, hosting that
-- a domain has already, prices as they were.

-- The money has been taken already, so an order that fails validation is kept until a person has decided.
create table refused_orders (
    id bigint generated always as identity primary key,
    -- Tells one from another: the PaymentIntent, or the body's SHA-256 where no PaymentIntent can be read from it.
    key text not null unique check (key <> ''),
    -- Absent where none can be read.
    stripe_payment_intent_id text check (stripe_payment_intent_id <> ''),
    status text not null default 'open' check (status in ('open', 'received', 'closed')),
    -- As it was sent last while it was open. What was sent before is in the audit log.
    body text not null check (octet_length(body) <= 262144),
    -- [{ path, code, message }]
    faults jsonb not null check (jsonb_typeof(faults) = 'array'),
    -- How often it was sent.
    times integer not null default 1 check (times > 0),
    received_by text not null,
    correlation_id text not null,
    -- Absent until it became an order.
    intake_id bigint references order_intakes,
    -- What is owed to the customer, and who closed it. Stays when the order is sent again and becomes one after all.
    note text check (note <> ''),
    closed_by text,
    closed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((status = 'received') = (intake_id is not null)),
    check (status <> 'closed' or closed_at is not null),
    check (status <> 'open' or closed_at is null),
    check ((closed_at is null) = (closed_by is null)),
    check ((closed_at is null) = (note is null))
);

create index refused_orders_open on refused_orders (updated_at, id) where status = 'open';
create index refused_orders_open_of_sender on refused_orders (received_by) where status = 'open';
create index refused_orders_of_intake on refused_orders (intake_id) where intake_id is not null;
create index refused_orders_by_creation on refused_orders (created_at, id);
create index refused_orders_payment on refused_orders (stripe_payment_intent_id) where stripe_payment_intent_id is not null;

create trigger refused_orders_kept before delete on refused_orders for each row execute function forbid_delete();
create trigger refused_orders_transitions before update of status on refused_orders for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'open > received', 'open > closed', 'closed > received'
    ])) execute function refuse_transition('status');

-- Orders that were refused and not kept, because their sender had so many open ones: counted until none of that sender's is open.
create table refused_orders_not_kept (
    id bigint generated always as identity primary key,
    received_by text not null unique,
    times bigint not null default 1 check (times > 0),
    since timestamptz not null default now(),
    last_at timestamptz not null default now()
);

-- How this installation takes orders in: one row.
create table order_policy (
    only_one boolean primary key default true check (only_one),
    -- Payments that don't name the order they were made for. A shop of an earlier release names none; a new installation never takes them.
    accept_unbound boolean not null
);

insert into order_policy (accept_unbound) select exists (select from order_intakes);

-- What each price was, and since when: an order is compared with the price that was valid when it was received.
create table product_price_history (
    id bigint generated always as identity primary key,
    product_id bigint not null references products,
    billing_period text not null,
    currency text not null,
    amount numeric(14,3) not null,
    active boolean not null,
    valid_from timestamptz not null
);

create index product_price_history_of_price on product_price_history (product_id, billing_period, currency, valid_from desc, id desc);

insert into product_price_history (product_id, billing_period, currency, amount, active, valid_from)
select product_id, billing_period, currency, amount, active, '-infinity' from product_prices;

create function keep_product_price() returns trigger language plpgsql as $$
begin
    insert into product_price_history (product_id, billing_period, currency, amount, active, valid_from)
    values (new.product_id, new.billing_period, new.currency, new.amount, new.active, now());
    return null;
end $$;

create trigger product_prices_created after insert on product_prices for each row execute function keep_product_price();
create trigger product_prices_changed after update on product_prices for each row
when ((old.amount, old.active) is distinct from (new.amount, new.active)) execute function keep_product_price();
create trigger product_price_history_fixed before update or delete on product_price_history for each row execute function forbid_change();

-- Of several hosting plans on one domain the website has the limits of the one that ranks highest.
alter table products add column rank integer not null default 0 check (rank between 0 and 1000000);

update products set rank = v.rank
from (values ('starter', 10), ('business', 20), ('wp-growth', 30)) as v (code, rank)
where products.code = v.code;

-- Last, because it locks the intake out until the end of the transaction.
-- What a person accepted although it stopped the order: the codes of the reasons.
alter table order_intakes add column accepted text[] not null default '{}';
