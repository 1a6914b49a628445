-- Who has shown that a domain is theirs, and what the last look at it found.

alter table domains
    -- txt: the challenge stood in its DNS. address: it leads to the server that serves it. registered: it was registered here. staff: a person said so.
    add column proof text not null default 'none' check (proof in ('none', 'txt', 'address', 'registered', 'staff')),
    add column proven_at timestamptz,
    -- Random, and another one for its next customer.
    add column challenge text not null default replace(gen_random_uuid()::text, '-', '') check (challenge ~ '^[0-9a-f]{32}$'),
    -- The last look at its DNS; absent before the first.
    add column looked_at timestamptz,
    -- What it found, for people.
    add column look_text text,
    add column nameservers text[] not null default '{}',
    add column looks integer not null default 0,
    -- When the next one is due, while nothing is proven.
    add column look_due timestamptz not null default now(),
    add constraint domains_proven_check check ((proof = 'none') = (proven_at is null));

create index domains_to_look_at on domains (look_due) where proof = 'none';
