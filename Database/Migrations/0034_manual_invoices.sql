-- Invoices that a person writes: drafts, open invoices, part payments, credit of customers, and what is written off.

alter table invoices
    -- A draft has no number and no dates: it gets them when it is issued. One that is discarded never had any.
    alter column series drop not null,
    alter column number drop not null,
    alter column invoice_number drop not null,
    alter column issued_at drop not null,
    alter column issued_on drop not null,
    alter column due_on drop not null,
    -- Of a draft: raised by every edit. An edit names the one it began from.
    add column version integer not null default 1,
    -- Of a draft: due so many days after it is issued.
    add column due_days integer not null default 0 check (due_days between 0 and 365),
    -- Below the sums, as printed.
    add column note text check (note <> ''),
    -- The part of what is not settled that nobody expects any more.
    add column written_off numeric(14,3) not null default 0 check (written_off >= 0),
    -- Day of the last change of it.
    add column written_off_on date,
    drop constraint invoices_check,
    drop constraint invoices_status_check,
    drop constraint invoices_settled_once,
    drop constraint invoices_status_is_so,
    add constraint invoices_status_check check (
        status in ('draft', 'open', 'paid', 'partially_refunded', 'refunded', 'credited', 'void', 'uncollectible')
    ),
    add constraint invoices_numbered check (
        num_nulls(series, number, issued_at, issued_on, due_on) = case when status in ('draft', 'void') then 5 else 0 end
    ),
    add constraint invoices_paid_at_check check (status <> 'paid' or paid_at is not null),
    add constraint invoices_settled_once check (settled + credited + written_off <= total),
    add constraint invoices_written_off_dated check (written_off = 0 or written_off_on is not null),
    add constraint invoices_status_is_so check (
        case status
            when 'open' then settled + credited < total and written_off = 0
            when 'paid' then settled > 0 and settled + credited = total
            when 'partially_refunded' then credited > 0 and settled > 0
            when 'refunded' then credited = total
            when 'credited' then credited = total
            when 'uncollectible' then written_off > 0 and settled + credited + written_off = total
            else settled = 0 and credited = 0
        end
    );

-- The state that an issued invoice's sums amount to. Money that went back marks it for good; credit does not.
create function invoice_status(was text, total numeric, settled numeric, credited numeric, written_off numeric, money_went_back boolean)
returns text language sql immutable as $$
    select case
        when settled + credited < total then case when written_off > 0 then 'uncollectible' else 'open' end
        when money_went_back or was in ('partially_refunded', 'refunded') then
            case when credited = total then 'refunded' else 'partially_refunded' end
        when credited = total then 'credited'
        else 'paid'
    end
$$;

drop trigger invoices_frozen on invoices;

create trigger invoices_frozen before update on invoices for each row
when (old.status <> 'draft' and
    (old.order_id, old.customer_id, old.series, old.number, old.currency, old.total, old.issued_at, old.payment_method,
     old.buyer_name, old.buyer_email, old.buyer_company, old.buyer_vat_id, old.buyer_address, old.buyer_country,
     old.seller_name, old.seller_address, old.seller_vat_id, old.seller_email, old.seller_legal_footer,
     old.uid, old.purpose, old.issued_on, old.due_on, old.net, old.tax, old.note)
    is distinct from
    (new.order_id, new.customer_id, new.series, new.number, new.currency, new.total, new.issued_at, new.payment_method,
     new.buyer_name, new.buyer_email, new.buyer_company, new.buyer_vat_id, new.buyer_address, new.buyer_country,
     new.seller_name, new.seller_address, new.seller_vat_id, new.seller_email, new.seller_legal_footer,
     new.uid, new.purpose, new.issued_on, new.due_on, new.net, new.tax, new.note))
execute function forbid_invoice_change();

-- Lines of a draft come and go with its edits; those of an invoice stay.
create function forbid_issued_line_change() returns trigger language plpgsql as $$
begin
    if (select status from invoices where id = old.invoice_id) is distinct from 'draft' then
        raise exception 'what an invoice says is never changed' using errcode = 'restrict_violation';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;

drop trigger invoice_lines_kept on invoice_lines;
drop trigger invoice_lines_fixed on invoice_lines;

create trigger invoice_lines_kept before delete on invoice_lines for each row execute function forbid_issued_line_change();
create trigger invoice_lines_fixed before update on invoice_lines for each row execute function forbid_issued_line_change();

drop trigger invoices_transitions on invoices;

create trigger invoices_transitions before update of status on invoices for each row
    when (old.status <> new.status and old.status || ' > ' || new.status <> all (array[
        'draft > open', 'draft > void',
        'open > paid', 'open > credited', 'open > uncollectible',
        'paid > partially_refunded', 'paid > refunded', 'paid > credited',
        'partially_refunded > refunded',
        'uncollectible > paid', 'uncollectible > credited'
    ])) execute function refuse_transition('status');

-- Drafts stand in the list as well, by the day they were begun.
drop index invoices_by_issue;
create index invoices_by_issue on invoices ((coalesce(issued_at, created_at)), id);
create index invoices_by_number on invoices ((coalesce(invoice_number, '')), id);
create index credit_notes_by_total on credit_notes (total, id);

alter table payments
    -- Paid above what was due, or freed by a credit note: it belongs to the customer's credit.
    add column to_credit numeric(14,3) not null default 0 check (to_credit >= 0),
    add constraint payments_credited_once check (allocated + to_credit + refunded <= amount);

-- Revenue counts on the day of the document. An invoice counts when it is issued, paid or not; a credit note counts against it; what is
-- written off is taken off again on the day when somebody says so, and is back on the day when it is paid after all.
create or replace function add_revenue() returns trigger language plpgsql as $$
begin
    insert into revenue_days as r (day, currency, amount, invoices)
    select issued_on, currency, sum(total), count(*)
    from new_invoices
    where status not in ('draft', 'void')
    group by 1, 2 order by 1, 2
    on conflict (day, currency) do update set amount = r.amount + excluded.amount, invoices = r.invoices + excluded.invoices;
    return null;
end $$;

create or replace function change_revenue() returns trigger language plpgsql as $$
begin
    insert into revenue_days as r (day, currency, amount, invoices)
    select day, currency, sum(amount), sum(invoices)
    from (
        select issued_on as day, currency, total as amount, 1 as invoices from new_invoices where status not in ('draft', 'void')
        union all
        select issued_on, currency, -total, -1 from old_invoices where status not in ('draft', 'void')
        union all
        select n.written_off_on, n.currency, o.written_off - n.written_off, 0
        from new_invoices n join old_invoices o on o.id = n.id where o.written_off <> n.written_off
    ) changed
    group by 1, 2
    having sum(amount) <> 0 or sum(invoices) <> 0
    order by 1, 2
    on conflict (day, currency) do update set amount = r.amount + excluded.amount, invoices = r.invoices + excluded.invoices;
    return null;
end $$;

-- What was issued before and not paid has not counted so far.
insert into revenue_days as r (day, currency, amount, invoices)
select issued_on, currency, sum(total), count(*) from invoices where status in ('open', 'uncollectible') group by 1, 2
on conflict (day, currency) do update set amount = r.amount + excluded.amount, invoices = r.invoices + excluded.invoices;

-- What of an invoice's lines a refund is about; none for one over an amount.
create table refund_lines (
    refund_id bigint not null references refunds,
    invoice_id bigint not null,
    position integer not null,
    quantity integer not null check (quantity > 0),
    -- Tax included.
    amount numeric(14,3) not null check (amount >= 0),
    primary key (refund_id, position),
    foreign key (invoice_id, position) references invoice_lines
);

create index refund_lines_invoice on refund_lines (invoice_id, position);

-- The same of a credit note, as printed.
create table credit_note_lines (
    credit_note_id bigint not null references credit_notes,
    position integer not null,
    description text not null,
    quantity integer not null check (quantity > 0),
    amount numeric(14,3) not null check (amount >= 0),
    primary key (credit_note_id, position)
);

create trigger refund_lines_fixed before update or delete on refund_lines for each row execute function forbid_change();
create trigger credit_note_lines_fixed before update or delete on credit_note_lines for each row execute function forbid_change();
