-- From which state to which: the states of docs/blueprint.md, refused here whoever writes them. Each table's list stands in its trigger's
-- condition, where a change that is listed costs no call.

create function refuse_transition() returns trigger language plpgsql as $$
begin
    raise exception '% % never goes from % to %', tg_table_name, new.id, to_jsonb(old) ->> tg_argv[0], to_jsonb(new) ->> tg_argv[0]
        using errcode = 'integrity_constraint_violation';
end $$;

create trigger order_intakes_transitions before update of status on order_intakes for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'received > processing', 'received > needs_review', 'received > rejected',
        'processing > completed', 'processing > needs_review', 'processing > rejected',
        'needs_review > processing', 'needs_review > rejected'
    ])) execute function refuse_transition('status');

create trigger orders_transitions before update of status on orders for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'paid > provisioning', 'paid > completed', 'paid > needs_review',
        'provisioning > completed', 'provisioning > cancelled', 'provisioning > needs_review',
        'needs_review > paid', 'completed > provisioning', 'cancelled > provisioning'
    ])) execute function refuse_transition('status');

create trigger provisioning_tasks_transitions before update of status on provisioning_tasks for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'pending > in_progress', 'pending > cancelled',
        'in_progress > success', 'in_progress > pending', 'in_progress > failed', 'in_progress > cancelled',
        'failed > pending', 'failed > cancelled', 'cancelled > pending'
    ])) execute function refuse_transition('status');

create trigger outbox_transitions before update of state on outbox for each row
    when (old.state <> new.state and old.state || ' > ' || new.state <> all (array[
        'ready > running', 'ready > cancelled',
        'running > ready', 'running > waiting', 'running > stopped', 'running > done', 'running > cancelled',
        'waiting > running', 'waiting > ready', 'waiting > cancelled',
        'stopped > ready', 'stopped > running', 'stopped > cancelled'
    ])) execute function refuse_transition('state');

create trigger subscriptions_transitions before update of status on subscriptions for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'pending > active'
    ])) execute function refuse_transition('status');

create trigger payments_transitions before update of status on payments for each row
    when (old.status <> new.status) execute function refuse_transition('status');

create trigger invoices_transitions before update of status on invoices for each row
    when (old.status <> new.status) execute function refuse_transition('status');

create trigger websites_transitions before update of status on websites for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'pending > active'
    ])) execute function refuse_transition('status');

create trigger domains_transitions before update of status on domains for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'unmanaged > managed'
    ])) execute function refuse_transition('status');

create trigger servers_transitions before update of state on servers for each row
    when (old.state <> new.state and old.state || ' > ' || new.state <> all (array[
        'active > draining', 'active > maintenance', 'draining > active', 'draining > maintenance',
        'maintenance > active', 'maintenance > draining'
    ])) execute function refuse_transition('state');

create trigger users_transitions before update of status on users for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'invited > active', 'invited > disabled', 'active > disabled', 'disabled > active', 'disabled > invited'
    ])) execute function refuse_transition('status');

create trigger sessions_transitions before update of status on sessions for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'awaiting_code > ended', 'active > ended'
    ])) execute function refuse_transition('status');
