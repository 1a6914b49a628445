-- Tax: rates per country with the days on which they hold, who is exempt, and what a document says of its tax. Nothing is taxed before there
-- is a rate.

create extension if not exists btree_gist;

create table tax_rates (
    id bigint generated always as identity primary key,
    -- ISO 3166-1 alpha-2.
    country text not null check (country ~ '^[A-Z]{2}$'),
    -- As in EN 16931: S for a rate, Z for a rate of zero, E exempt, O outside of tax.
    category text not null check (category in ('S', 'Z', 'E', 'O')),
    percent numeric(6,3) not null check (percent >= 0 and percent < 100),
    -- From its first day to the day after its last; without end while none is known.
    valid daterange not null check (not isempty(valid) and not lower_inf(valid)),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    check ((category = 'S') = (percent > 0)),
    -- One answer for a country on a day.
    constraint tax_rates_once exclude using gist (country with =, valid with &&)
);

-- Why no tax is charged, as printed; absent for those who are taxed.
alter table customers add column tax_exempt_reason text check (tax_exempt_reason <> '');

alter table invoices
    -- Whether the prices of the lines have the tax in them.
    add column prices_include_tax boolean not null default true,
    -- What the law wants to be said of the tax, as printed.
    add column tax_note text check (tax_note <> '');

-- One buyer, one country, one rate: the report adds up rows of invoices, and credit notes share the invoice's.
create unique index invoice_taxes_one on invoice_taxes (invoice_id);

drop trigger invoices_frozen on invoices;

create trigger invoices_frozen before update on invoices for each row
when (old.status <> 'draft' and
    (old.order_id, old.customer_id, old.series, old.number, old.currency, old.total, old.issued_at, old.payment_method,
     old.buyer_name, old.buyer_email, old.buyer_company, old.buyer_vat_id, old.buyer_address, old.buyer_country,
     old.seller_name, old.seller_address, old.seller_vat_id, old.seller_email, old.seller_legal_footer,
     old.uid, old.purpose, old.issued_on, old.due_on, old.net, old.tax, old.note, old.prices_include_tax, old.tax_note)
    is distinct from
    (new.order_id, new.customer_id, new.series, new.number, new.currency, new.total, new.issued_at, new.payment_method,
     new.buyer_name, new.buyer_email, new.buyer_company, new.buyer_vat_id, new.buyer_address, new.buyer_country,
     new.seller_name, new.seller_address, new.seller_vat_id, new.seller_email, new.seller_legal_footer,
     new.uid, new.purpose, new.issued_on, new.due_on, new.net, new.tax, new.note, new.prices_include_tax, new.tax_note))
execute function forbid_invoice_change();
