-- What people keep of customers, what an invoice freezes at issue, and the indexes of the lists of customers, subscriptions and invoices.

-- What the buyer's block of an invoice needs beside name and e-mail address; absent until somebody fills it in.
alter table customers
    add column company_name text check (company_name <> ''),
    add column vat_id text check (vat_id <> ''),
    add column phone text check (phone <> ''),
    -- As printed: lines with a line feed between them, without the country.
    add column billing_address text check (billing_address <> ''),
    -- ISO 3166-1 alpha-2.
    add column country text check (country ~ '^[A-Z]{2}$');

create table customer_notes (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers,
    -- As the audit log names whoever wrote it.
    author text not null,
    body text not null check (body <> ''),
    created_at timestamptz not null default now()
);

create index customer_notes_customer on customer_notes (customer_id, id);

-- Frozen at issue, as buyer_name and buyer_email are. On the row itself: what was printed once must be printed again, whatever the
-- settings and the customer say by then, and issuing needs no further statement or lock. Absent where the customer had none; the
-- seller's are absent too while no seller is set, and on invoices issued before the seller was kept.
alter table invoices
    add column buyer_company text,
    add column buyer_vat_id text,
    add column buyer_address text,
    add column buyer_country text,
    add column seller_name text,
    add column seller_address text,
    add column seller_vat_id text,
    add column seller_email text;

create function forbid_invoice_change() returns trigger language plpgsql as $$
begin
    raise exception 'what an invoice says is never changed' using errcode = 'restrict_violation';
end $$;

create trigger invoices_frozen before update on invoices for each row
when (old.status <> 'draft' and
    (old.order_id, old.customer_id, old.series, old.number, old.currency, old.total, old.issued_at,
     old.buyer_name, old.buyer_email, old.buyer_company, old.buyer_vat_id, old.buyer_address, old.buyer_country,
     old.seller_name, old.seller_address, old.seller_vat_id, old.seller_email)
    is distinct from
    (new.order_id, new.customer_id, new.series, new.number, new.currency, new.total, new.issued_at,
     new.buyer_name, new.buyer_email, new.buyer_company, new.buyer_vat_id, new.buyer_address, new.buyer_country,
     new.seller_name, new.seller_address, new.seller_vat_id, new.seller_email))
execute function forbid_invoice_change();

create trigger invoice_lines_fixed before update on invoice_lines for each row execute function forbid_change();

-- Customers: each sort column with the id behind it.
create index customers_by_name on customers (name, id);
create index customers_by_creation on customers (created_at, id);
create index customers_country on customers (country, created_at, id) where country is not null;

-- Subscriptions. Nearly all are active, so only the others need an index of their status.
create index subscriptions_by_creation on subscriptions (created_at, id);
create index subscriptions_by_renewal on subscriptions (current_period_end, id);
-- With the status: how many use a product is counted from the index alone.
create index subscriptions_product on subscriptions (product_id, created_at, id) include (status);
create index subscriptions_not_active on subscriptions (status, created_at, id) where status <> 'active';
-- A small pending list: an order that comes in at the wrong moment merges it into the index, and must not wait for long.
create index subscriptions_search on subscriptions using gin (domain gin_trgm_ops) with (gin_pending_list_limit = 512);

-- Invoices. Their number is found, and sorted by, through its unique index; nearly all are paid.
create index invoices_by_issue on invoices (issued_at, id);
create index invoices_by_total on invoices (total, id);
create index invoices_not_paid on invoices (status, issued_at, id) where status <> 'paid';

-- Everything of one customer.
create index domains_of_customer on domains (customer_id, id);
