-- The indexes over big tables, in a transaction of their own: orders are taken in while they are built.

-- Each order of hosting asks what its domain has already.
create index subscriptions_domain on subscriptions (domain);

-- Names below a name, found by their end: whoever buys the name must not find one of them sold to somebody else without being told.
create index domains_by_end on domains (reverse(name) text_pattern_ops);

-- Only this gathers what is in the index's expression: without it the planner guesses that a fixed part of all names lies below any name.
analyze domains;
