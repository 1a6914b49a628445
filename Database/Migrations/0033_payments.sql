-- What Stripe knows of a payment, what banks say against it, and the lists of both.

alter table payments
    add column stripe_customer_id text check (stripe_customer_id <> ''),
    add column stripe_payment_method_id text check (stripe_payment_method_id <> ''),
    -- Two signs of where the customer is, each by itself: what was typed, and what the card says. ISO 3166-1 alpha-2.
    add column billing_country text check (billing_country ~ '^[A-Z]{2}$'),
    add column card_country text check (card_country ~ '^[A-Z]{2}$'),
    add column card_brand text check (card_brand <> ''),
    add column card_last4 text check (card_last4 ~ '^[0-9]{4}$'),
    add column card_exp_month smallint check (card_exp_month between 1 and 12),
    add column card_exp_year smallint check (card_exp_year between 2000 and 2999),
    -- Stripe takes its fee in the currency that it pays out.
    add column fee_currency text check (fee_currency ~ '^[A-Z]{3}$'),
    -- When Stripe told all this: received_at is Stripe's from then on. Absent for what an earlier release took in, until it is read.
    add column facts_at timestamptz,
    -- When Stripe is to be asked again for what it did not know yet; absent when nothing is missing.
    add column look_due_at timestamptz,
    add column looks smallint not null default 0,
    add constraint payments_fee_in_a_currency check (fee is null or fee_currency is not null);

update payments set look_due_at = now() where method = 'stripe';

-- What an earlier release was never told of payments is not fetched: credit notes over what went back long ago are a person's to issue.
update installation set stripe_events_fetched_to = now() where stripe_events_fetched_to is null and exists (select from payments);

create index payments_to_look_at on payments (look_due_at, id) where look_due_at is not null;
create index payments_by_creation on payments (created_at, id);
create index payments_by_amount on payments (amount, id);
create index payments_of_customer on payments (customer_id, created_at, id) where customer_id is not null;
create index payments_by_charge on payments (stripe_charge_id) where stripe_charge_id is not null;
create index payments_by_status on payments (status, created_at, id) where status <> 'succeeded';

-- What a bank takes back is taken from money that paid an invoice: the invoice stays as issued and settled, so the same money is allocated
-- and disputed. What is refunded is not disputed, and the other way round.
alter table payments
    drop constraint payments_spent_once,
    drop constraint payments_status_check,
    add constraint payments_spent_once check (allocated + refunded <= amount),
    add constraint payments_status_check check (status in ('succeeded', 'partially_refunded', 'refunded', 'disputed', 'lost'));

drop trigger payments_transitions on payments;

create trigger payments_transitions before update of status on payments for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'succeeded > partially_refunded', 'succeeded > refunded', 'succeeded > disputed', 'succeeded > lost',
        'partially_refunded > refunded', 'partially_refunded > succeeded', 'partially_refunded > disputed', 'partially_refunded > lost',
        'refunded > partially_refunded', 'refunded > succeeded', 'refunded > disputed', 'refunded > lost',
        'disputed > succeeded', 'disputed > partially_refunded', 'disputed > refunded', 'disputed > lost',
        'lost > succeeded', 'lost > partially_refunded', 'lost > refunded', 'lost > disputed'
    ])) execute function refuse_transition('status');

-- Numbers the readings of Stripe: one that began earlier never overwrites what a later one found.
create sequence stripe_readings;

create table disputes (
    id bigint generated always as identity primary key,
    stripe_dispute_id text not null unique check (stripe_dispute_id <> ''),
    payment_id bigint not null references payments,
    -- As the bank says; it need not be the payment's.
    amount numeric(14,3) not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    -- Taken by Stripe for it; absent while unknown.
    fee numeric(14,3) check (fee >= 0),
    fee_currency text check (fee_currency ~ '^[A-Z]{3}$'),
    status text not null check (status in ('inquiry', 'needs_response', 'under_review', 'won', 'lost', 'closed')),
    -- Stripe's own word for it.
    stripe_status text not null,
    reason text not null,
    -- Until when evidence counts; absent where Stripe names no day.
    evidence_due_at timestamptz,
    -- Where the money is by its status: with us, held by the bank, or gone.
    booked text not null default 'none' check (booked in ('none', 'held', 'lost')),
    -- What of the payment that is: less than the amount where a part was refunded before, nothing in another currency.
    booked_amount numeric(14,3) not null default 0 check (booked_amount >= 0),
    -- What of it was revenue.
    loss numeric(14,3) not null default 0 check (loss >= 0),
    reading bigint not null,
    -- By Stripe's clock.
    opened_at timestamptz not null,
    -- A person has seen it as it was then.
    seen_status text,
    seen_by text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check (booked_amount <= amount and (booked <> 'none' or booked_amount = 0)),
    check (loss <= booked_amount and (booked = 'lost' or loss = 0)),
    check (fee is null or fee_currency is not null)
);

create index disputes_payment on disputes (payment_id);
create index disputes_by_opening on disputes (opened_at, id);
create index disputes_unsettled on disputes (updated_at, id) where status in ('inquiry', 'needs_response', 'under_review', 'lost');

-- Stripe may turn every decision around. An inquiry becomes a dispute, never the other way round.
create trigger disputes_transitions before update of status on disputes for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'inquiry > needs_response', 'inquiry > under_review', 'inquiry > won', 'inquiry > lost', 'inquiry > closed',
        'needs_response > under_review', 'needs_response > won', 'needs_response > lost', 'needs_response > closed',
        'under_review > needs_response', 'under_review > won', 'under_review > lost', 'under_review > closed',
        'won > needs_response', 'won > under_review', 'won > lost', 'won > closed',
        'lost > needs_response', 'lost > under_review', 'lost > won', 'lost > closed',
        'closed > needs_response', 'closed > under_review', 'closed > won', 'closed > lost'
    ])) execute function refuse_transition('status');

create trigger disputes_kept before delete on disputes for each row execute function forbid_delete();

-- Revenue is net of what was lost, on the day that it was heard of, and has it back when the bank turns around.
create function subtract_loss() returns trigger language plpgsql as $$
begin
    insert into revenue_days as r (day, currency, amount, invoices)
    values ((new.updated_at at time zone 'UTC')::date, new.currency, case tg_op when 'UPDATE' then old.loss else 0 end - new.loss, 0)
    on conflict (day, currency) do update set amount = r.amount + excluded.amount;
    return null;
end $$;

create trigger disputes_loss_on_insert after insert on disputes for each row when (new.loss <> 0) execute function subtract_loss();
create trigger disputes_loss_on_update after update of loss on disputes for each row when (new.loss <> old.loss) execute function subtract_loss();

-- A bank's word that a charge may be fraud, before it is disputed.
create table fraud_warnings (
    id bigint generated always as identity primary key,
    stripe_warning_id text not null unique check (stripe_warning_id <> ''),
    payment_id bigint not null references payments,
    fraud_type text not null,
    -- Names the refund that is made of it, so that two who press the button make one.
    refund_uid uuid not null default gen_random_uuid(),
    -- By Stripe's clock.
    warned_at timestamptz not null,
    dismissed_at timestamptz,
    dismissed_by text,
    created_at timestamptz not null default now(),
    check ((dismissed_at is null) = (dismissed_by is null))
);

create index fraud_warnings_payment on fraud_warnings (payment_id);
create index fraud_warnings_open on fraud_warnings (warned_at, id) where dismissed_at is null;

create index stripe_events_of_payment on stripe_events (payment_intent_id) where payment_intent_id is not null;
