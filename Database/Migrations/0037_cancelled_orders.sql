-- Orders that a person cancels: what they brought ends, and the money goes back if the person says so. An order of which every task was given up
-- is cancelled, too, but nobody decided that it ends: only the former has these columns, and can't go on.
alter table orders
    add column cancelled_at timestamptz,
    add column cancelled_by text check (cancelled_by <> ''),
    add column cancel_reason text check (cancel_reason <> ''),
    add constraint orders_cancelled_whole check (num_nulls(cancelled_at, cancelled_by, cancel_reason) in (0, 3)),
    add constraint orders_refunded_if_cancelled check (status <> 'refunded' or cancelled_at is not null) not valid;

alter table subscriptions add column cancelled_at timestamptz;

drop trigger orders_transitions on orders;
create trigger orders_transitions before update of status on orders for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'paid > provisioning', 'paid > completed', 'paid > needs_review', 'paid > cancelled',
        'provisioning > completed', 'provisioning > cancelled', 'provisioning > needs_review',
        'needs_review > paid', 'needs_review > cancelled', 'completed > provisioning', 'completed > cancelled',
        'cancelled > provisioning', 'cancelled > refunded', 'refunded > cancelled'
    ])) execute function refuse_transition('status');

drop trigger subscriptions_transitions on subscriptions;
create trigger subscriptions_transitions before update of status on subscriptions for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'pending > active', 'pending > cancelled', 'active > cancelled'
    ])) execute function refuse_transition('status');
