-- The list of what needs a person asks for payments that did not stay what they were. Of all payments those are few.
create index payments_unsettled on payments (updated_at, id) where status in ('disputed', 'refunded', 'partially_refunded');
