-- What the dashboard, the orders' list and trace page, and the search read; notes that people leave on orders.

-- The list of orders. Nearly all are completed, so only the others need an index of their status.
drop index order_intakes_status;
create index order_intakes_by_creation on order_intakes (created_at, id);
create index order_intakes_not_completed on order_intakes (status, created_at, id) where status <> 'completed';
-- What is searched, in lower case and ready: a term that much of the table matches is found by reading on, which must cost little a row.
alter table order_intakes add column search_text text not null
    generated always as (lower(coalesce(body ->> 'customerEmail', '') || ' ' || coalesce(body ->> 'primaryDomain', ''))) stored;
alter table customers add column search_text text not null
    generated always as (lower(' ' || name || ' ' || email || ' ' || coalesce(company_name, ''))) stored;
-- A small pending list: an order that comes in at the wrong moment merges it into the index, and must not wait for long.
create index order_intakes_search on order_intakes using gin (search_text gin_trgm_ops) with (gin_pending_list_limit = 512);
create index customers_search on customers using gin (search_text gin_trgm_ops) with (gin_pending_list_limit = 512);

-- What a person wrote to an order, such as that the money was given back at Stripe. Each is a line of the timeline too.
create table order_notes (
    id bigint generated always as identity primary key,
    intake_id bigint not null references order_intakes,
    -- Of the form or the caller: the same note sent twice is one note.
    request_key uuid not null,
    body text not null check (body <> ''),
    -- Absent, all three, where it is not about a refund.
    refund_reference text unique,
    refund_amount numeric(14,3) check (refund_amount > 0),
    refund_currency text check (refund_currency ~ '^[A-Z]{3}$'),
    actor text not null,
    correlation_id text not null,
    created_at timestamptz not null default now(),
    unique (intake_id, request_key),
    check ((refund_reference is null) = (refund_amount is null) and (refund_reference is null) = (refund_currency is null))
);

create trigger order_notes_kept before delete on order_notes for each row execute function forbid_delete();
create trigger order_notes_fixed before update on order_notes for each row execute function forbid_change();

alter table order_timeline
    drop constraint order_timeline_outcome_check,
    add constraint order_timeline_outcome_check check (outcome in ('received', 'done', 'retry', 'needs_review', 'failed', 'rejected',
        'cancelled', 'resumed', 'waiting', 'started', 'released', 'noted'));

-- Revenue by day (UTC) of payment: what paid invoices come to. Kept by the statements that write invoices, so that no page adds up a
-- million of them. An invoice that is refunded or voided leaves the day on which it was paid; one that is refunded in part stays whole.
create table revenue_days (
    day date not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    amount numeric(17,3) not null,
    invoices integer not null,
    primary key (day, currency)
-- Today's row changes with every invoice: room for its next version on the same page.
) with (fillfactor = 50);

-- One upsert a statement, however many invoices it writes, and rows always in the same order: two statements can't wait for each other.
-- Issuing an invoice holds its series' row by then and takes nothing afterwards, so there is no circle with that either.
create function add_revenue() returns trigger language plpgsql as $$
begin
    insert into revenue_days as r (day, currency, amount, invoices)
    select (coalesce(paid_at, issued_at) at time zone 'UTC')::date, currency, sum(total), count(*)
    from new_invoices
    where status in ('paid', 'partially_refunded')
    group by 1, 2 order by 1, 2
    on conflict (day, currency) do update set amount = r.amount + excluded.amount, invoices = r.invoices + excluded.invoices;
    return null;
end $$;

create function change_revenue() returns trigger language plpgsql as $$
begin
    insert into revenue_days as r (day, currency, amount, invoices)
    select day, currency, sum(amount), sum(invoices)
    from (
        select (coalesce(paid_at, issued_at) at time zone 'UTC')::date as day, currency, total as amount, 1 as invoices
        from new_invoices where status in ('paid', 'partially_refunded')
        union all
        select (coalesce(paid_at, issued_at) at time zone 'UTC')::date, currency, -total, -1
        from old_invoices where status in ('paid', 'partially_refunded')
    ) changed
    group by 1, 2
    having sum(amount) <> 0 or sum(invoices) <> 0
    order by 1, 2
    on conflict (day, currency) do update set amount = r.amount + excluded.amount, invoices = r.invoices + excluded.invoices;
    return null;
end $$;

-- Before the backfill: creating them keeps everybody from writing invoices until the end of this transaction.
create trigger invoices_add_revenue after insert on invoices
    referencing new table as new_invoices for each statement execute function add_revenue();
create trigger invoices_change_revenue after update on invoices
    referencing old table as old_invoices new table as new_invoices for each statement execute function change_revenue();

insert into revenue_days (day, currency, amount, invoices)
select (coalesce(paid_at, issued_at) at time zone 'UTC')::date, currency, sum(total), count(*)
from invoices
where status in ('paid', 'partially_refunded')
group by 1, 2;

-- The dashboard's figures, each from an index alone.
create index subscriptions_active on subscriptions (currency, billing_period) include (customer_id, quantity, unit_price) where status = 'active';
create index provisioning_tasks_waiting on provisioning_tasks (available_at, id) where status = 'pending';
