-- The books: what was paid, what it paid for, what went back, and the document about it. Sums are counters on the row that is locked anyway, with
-- CHECKs, fed by rows that are only appended and each have a source of their own: so no path can refund, allocate or credit more than there is.

alter table payments
    alter column intake_id drop not null,
    alter column stripe_payment_intent_id drop not null,
    -- Absent until the order has its customer.
    add column customer_id bigint references customers,
    add column method text not null default 'stripe' check (method in ('stripe', 'bank_transfer', 'other')),
    -- What names it at its bank; absent for Stripe's, which the PaymentIntent names.
    add column reference text check (reference <> ''),
    -- Taken by Stripe; absent while unknown.
    add column fee numeric(14,3) check (fee >= 0),
    -- By Stripe's clock or the bank's; absent while unknown.
    add column received_at timestamptz,
    -- To invoices.
    add column allocated numeric(14,3) not null default 0 check (allocated >= 0),
    -- Asked for, and Stripe has not said how it ended.
    add column refunding numeric(14,3) not null default 0 check (refunding >= 0),
    add column refunded numeric(14,3) not null default 0 check (refunded >= 0),
    -- Taken back by the bank.
    add column disputed numeric(14,3) not null default 0 check (disputed >= 0),
    add constraint payments_spent_once check (allocated + refunded + disputed <= amount),
    add constraint payments_refunded_once check (refunding + refunded + disputed <= amount),
    add constraint payments_named check (case when method = 'stripe' then stripe_payment_intent_id is not null else reference is not null end),
    add constraint payments_by_reference unique (method, reference);

alter table invoices
    alter column order_id drop not null,
    -- Names it at Stripe and in links: its own id would tell how many there are.
    add column uid uuid not null default gen_random_uuid() unique,
    add column purpose text not null default 'checkout' check (purpose in ('checkout', 'renewal', 'change', 'manual')),
    -- The date on the paper.
    add column issued_on date,
    add column due_on date,
    add column net numeric(14,3),
    add column tax numeric(14,3) not null default 0,
    -- By payments and credit.
    add column settled numeric(14,3) not null default 0 check (settled >= 0),
    -- By credit notes.
    add column credited numeric(14,3) not null default 0 check (credited >= 0);

alter table invoice_lines
    -- As in EN 16931: S for a rate, E exempt, AE reverse charge, O outside of tax.
    add column tax_category text not null default 'O' check (tax_category in ('S', 'Z', 'E', 'AE', 'G', 'O')),
    -- Percent.
    add column tax_rate numeric(6,3) not null default 0 check (tax_rate >= 0 and tax_rate < 100);

-- One row for each category and rate of an invoice, rounded once: their sums are the invoice's.
create table invoice_taxes (
    invoice_id bigint not null references invoices,
    category text not null check (category in ('S', 'Z', 'E', 'AE', 'G', 'O')),
    rate numeric(6,3) not null check (rate >= 0 and rate < 100),
    net numeric(14,3) not null,
    tax numeric(14,3) not null,
    primary key (invoice_id, category, rate)
);

-- Credit of a customer, such as what they paid too much. A row is never changed; the balance is their sum.
create table credit_entries (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    amount numeric(14,3) not null check (amount <> 0),
    -- What it came from or went to, once.
    source text not null unique check (source <> ''),
    reason text not null check (reason <> ''),
    actor text not null,
    created_at timestamptz not null default now()
);

create index credit_entries_customer on credit_entries (customer_id, currency, id);

create table credit_balances (
    customer_id bigint not null references customers,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    amount numeric(14,3) not null check (amount >= 0),
    primary key (customer_id, currency)
);

-- Which payment, or which credit, paid how much of which invoice. What comes back is a row below zero.
create table allocations (
    id bigint generated always as identity primary key,
    invoice_id bigint not null references invoices,
    payment_id bigint references payments,
    credit_entry_id bigint references credit_entries,
    amount numeric(14,3) not null check (amount <> 0),
    source text not null unique check (source <> ''),
    created_at timestamptz not null default now(),
    check (num_nonnulls(payment_id, credit_entry_id) = 1)
);

create index allocations_invoice on allocations (invoice_id);
create index allocations_payment on allocations (payment_id) where payment_id is not null;

create table refunds (
    id bigint generated always as identity primary key,
    -- Goes to Stripe as metadata mpanel_refund, so that its answer finds this row when ours was lost.
    uid uuid not null default gen_random_uuid() unique,
    payment_id bigint not null references payments,
    -- Absent until Stripe took it.
    stripe_refund_id text unique,
    amount numeric(14,3) not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    status text not null check (status in ('requested', 'pending', 'succeeded', 'failed', 'cancelled')),
    -- What Stripe says of one that failed.
    failure text,
    reason text not null check (reason <> ''),
    -- Who asked; stripe for one that was made there.
    actor text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index refunds_payment on refunds (payment_id);
create index refunds_by_creation on refunds (created_at, id);
create index refunds_open on refunds (updated_at, id) where status in ('requested', 'pending', 'failed');

-- Takes back a part of an invoice, or all of it. The invoice stays as issued, and has seller and buyer for both.
create table credit_notes (
    id bigint generated always as identity primary key,
    invoice_id bigint not null references invoices,
    series text not null references invoice_series,
    number integer not null check (number > 0),
    credit_note_number text not null generated always as (series || '-' || lpad(number::text, greatest(6, length(number::text)), '0')) stored unique,
    issued_on date not null,
    issued_at timestamptz not null default now(),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    net numeric(14,3) not null,
    tax numeric(14,3) not null,
    total numeric(14,3) not null check (total > 0 and net + tax = total),
    reason text not null check (reason <> ''),
    -- The refund that it is about; absent where no money went back.
    refund_id bigint references refunds,
    source text not null unique check (source <> ''),
    unique (series, number)
);

create index credit_notes_invoice on credit_notes (invoice_id);
create index credit_notes_refund on credit_notes (refund_id) where refund_id is not null;
create index credit_notes_by_issue on credit_notes (issued_at, id);

-- What Stripe told of, by event. An event only says where to look: what is so is read from Stripe when it is applied.
create table stripe_events (
    id bigint generated always as identity primary key,
    event_id text not null unique check (event_id <> ''),
    type text not null,
    object_kind text not null,
    object_id text not null,
    -- Whose money it is about; absent for what is about no payment.
    payment_intent_id text,
    livemode boolean not null,
    -- By Stripe's clock.
    created timestamptz not null,
    -- Waiting: its payment isn't known here yet.
    state text not null default 'received' check (state in ('received', 'applied', 'ignored', 'waiting')),
    -- What it did, or why nothing; for people.
    outcome text,
    -- How often it was taken up: names the work.
    looks integer not null default 1,
    -- How it came: by webhook, or fetched because the webhook never came.
    came_by text not null check (came_by in ('webhook', 'fetched')),
    received_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
) with (fillfactor = 80);

create index stripe_events_by_receipt on stripe_events (received_at, id);
create index stripe_events_of_object on stripe_events (object_id);
create index stripe_events_waiting on stripe_events (payment_intent_id) where state = 'waiting';

-- Up to when, by this machine's clock, all events of Stripe's have been fetched; absent before the first look. The newest event that is here
-- would not do: after a gap one that comes by webhook is newer than what was missed.
alter table installation add column stripe_events_fetched_to timestamptz;

-- What is there: each invoice was paid whole by its order's payment. The paper says the day in UTC, and no tax.
update payments p set customer_id = o.customer_id, received_at = p.created_at
from orders o where o.payment_id = p.id;

insert into allocations (invoice_id, payment_id, amount, source, created_at)
select i.id, i.payment_id, i.total, 'checkout:' || i.id, coalesce(i.paid_at, i.issued_at)
from invoices i where i.status = 'paid' and i.payment_id is not null and i.total > 0
order by i.id;

update payments p set allocated = a.amount
from (select payment_id, sum(amount) as amount from allocations group by payment_id) a
where a.payment_id = p.id;

drop trigger invoices_frozen on invoices;

update invoices set
    issued_on = (issued_at at time zone 'UTC')::date, due_on = (issued_at at time zone 'UTC')::date, net = total,
    settled = case when status = 'paid' then total else 0 end;

alter table invoices
    alter column net set not null,
    alter column issued_on set not null,
    alter column due_on set not null,
    add constraint invoices_add_up check (net + tax = total),
    add constraint invoices_settled_once check (settled + credited <= total),
    add constraint invoices_status_is_so check (
        case status
            when 'paid' then settled = total
            when 'partially_refunded' then credited > 0 and settled > 0
            when 'refunded' then credited = total
            else true
        end
    );

create trigger invoices_frozen before update on invoices for each row
when (old.status <> 'draft' and
    (old.order_id, old.customer_id, old.series, old.number, old.currency, old.total, old.issued_at, old.payment_method,
     old.buyer_name, old.buyer_email, old.buyer_company, old.buyer_vat_id, old.buyer_address, old.buyer_country,
     old.seller_name, old.seller_address, old.seller_vat_id, old.seller_email, old.seller_legal_footer,
     old.uid, old.purpose, old.issued_on, old.net, old.tax)
    is distinct from
    (new.order_id, new.customer_id, new.series, new.number, new.currency, new.total, new.issued_at, new.payment_method,
     new.buyer_name, new.buyer_email, new.buyer_company, new.buyer_vat_id, new.buyer_address, new.buyer_country,
     new.seller_name, new.seller_address, new.seller_vat_id, new.seller_email, new.seller_legal_footer,
     new.uid, new.purpose, new.issued_on, new.net, new.tax))
execute function forbid_invoice_change();

create trigger invoice_taxes_fixed before update or delete on invoice_taxes for each row execute function forbid_change();
create trigger allocations_fixed before update or delete on allocations for each row execute function forbid_change();
create trigger credit_entries_fixed before update or delete on credit_entries for each row execute function forbid_change();
create trigger credit_notes_fixed before update or delete on credit_notes for each row execute function forbid_change();
create trigger refunds_kept before delete on refunds for each row execute function forbid_delete();

drop trigger payments_transitions on payments;

create trigger payments_transitions before update of status on payments for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'succeeded > partially_refunded', 'succeeded > refunded',
        'partially_refunded > refunded', 'partially_refunded > succeeded',
        'refunded > partially_refunded', 'refunded > succeeded'
    ])) execute function refuse_transition('status');

drop trigger invoices_transitions on invoices;

create trigger invoices_transitions before update of status on invoices for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'paid > partially_refunded', 'paid > refunded', 'partially_refunded > refunded'
    ])) execute function refuse_transition('status');

create trigger refunds_transitions before update of status on refunds for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'requested > pending', 'requested > succeeded', 'requested > failed', 'requested > cancelled',
        'pending > succeeded', 'pending > failed', 'pending > cancelled',
        'succeeded > failed', 'succeeded > cancelled'
    ])) execute function refuse_transition('status');

create trigger stripe_events_transitions before update of state on stripe_events for each row
    when (old.state <> new.state and old.state || ' > ' || new.state <> all (array[
        'received > applied', 'received > ignored', 'received > waiting',
        'waiting > received', 'applied > received', 'ignored > received'
    ])) execute function refuse_transition('state');

-- Revenue is net of what went back: an invoice counts on its day whatever became of it, a credit note counts against its own day.
create or replace function add_revenue() returns trigger language plpgsql as $$
begin
    insert into revenue_days as r (day, currency, amount, invoices)
    select (coalesce(paid_at, issued_at) at time zone 'UTC')::date, currency, sum(total), count(*)
    from new_invoices
    where status in ('paid', 'partially_refunded', 'refunded')
    group by 1, 2 order by 1, 2
    on conflict (day, currency) do update set amount = r.amount + excluded.amount, invoices = r.invoices + excluded.invoices;
    return null;
end $$;

create or replace function change_revenue() returns trigger language plpgsql as $$
begin
    insert into revenue_days as r (day, currency, amount, invoices)
    select day, currency, sum(amount), sum(invoices)
    from (
        select (coalesce(paid_at, issued_at) at time zone 'UTC')::date as day, currency, total as amount, 1 as invoices
        from new_invoices where status in ('paid', 'partially_refunded', 'refunded')
        union all
        select (coalesce(paid_at, issued_at) at time zone 'UTC')::date, currency, -total, -1
        from old_invoices where status in ('paid', 'partially_refunded', 'refunded')
    ) changed
    group by 1, 2
    having sum(amount) <> 0 or sum(invoices) <> 0
    order by 1, 2
    on conflict (day, currency) do update set amount = r.amount + excluded.amount, invoices = r.invoices + excluded.invoices;
    return null;
end $$;

create function subtract_revenue() returns trigger language plpgsql as $$
begin
    insert into revenue_days as r (day, currency, amount, invoices)
    select issued_on, currency, -sum(total), 0 from new_notes group by 1, 2 order by 1, 2
    on conflict (day, currency) do update set amount = r.amount + excluded.amount;
    return null;
end $$;

create trigger credit_notes_subtract_revenue after insert on credit_notes
    referencing new table as new_notes for each statement execute function subtract_revenue();
