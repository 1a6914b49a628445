-- What an invoice says beside seller, buyer and amounts: the foot of its pages, how it was paid, and what each line is for. Frozen at issue like
-- the rest; absent on invoices that were issued before, which go on saying what they said.
alter table invoices
    add column seller_legal_footer text,
    -- As printed.
    add column payment_method text;

alter table invoice_lines
    add column domain text,
    add column period_start timestamptz,
    add column period_end timestamptz,
    add check ((period_start is null) = (period_end is null) and (period_end is null or period_end > period_start));

drop trigger invoices_frozen on invoices;

create trigger invoices_frozen before update on invoices for each row
when (old.status <> 'draft' and
    (old.order_id, old.customer_id, old.series, old.number, old.currency, old.total, old.issued_at, old.payment_method,
     old.buyer_name, old.buyer_email, old.buyer_company, old.buyer_vat_id, old.buyer_address, old.buyer_country,
     old.seller_name, old.seller_address, old.seller_vat_id, old.seller_email, old.seller_legal_footer)
    is distinct from
    (new.order_id, new.customer_id, new.series, new.number, new.currency, new.total, new.issued_at, new.payment_method,
     new.buyer_name, new.buyer_email, new.buyer_company, new.buyer_vat_id, new.buyer_address, new.buyer_country,
     new.seller_name, new.seller_address, new.seller_vat_id, new.seller_email, new.seller_legal_footer))
execute function forbid_invoice_change();
