namespace MPanel.Faults.Invariants;

/// <summary>What the books must say at every moment.</summary>
internal static class Books
{
    public static readonly Rule AddUp = new(
        "the books add up",
        """
        select 'payment ' || p.stripe_payment_intent_id || ': allocated ' || p.allocated || ' of ' || a.amount || ', refunded ' || p.refunded
               || ' of ' || r.gone || ', refunding ' || p.refunding || ' of ' || r.held || ', disputed ' || p.disputed || ' of ' || d.amount
        from payments p
        cross join lateral (select coalesce(sum(amount), 0) as amount from allocations where payment_id = p.id) a
        cross join lateral (
            select coalesce(sum(amount) filter (where status = 'succeeded'), 0) as gone,
                coalesce(sum(amount) filter (where status in ('requested', 'pending')), 0) as held
            from refunds where payment_id = p.id
        ) r
        cross join lateral (select coalesce(sum(booked_amount), 0) as amount from disputes where payment_id = p.id) d
        where (p.allocated, p.refunded, p.refunding, p.disputed) <> (a.amount, r.gone, r.held, d.amount)
        union all
        select 'invoice ' || i.invoice_number || ': settled ' || i.settled || ' of ' || a.amount || ', credited ' || i.credited || ' of ' || n.total
        from invoices i
        cross join lateral (select coalesce(sum(amount), 0) as amount from allocations where invoice_id = i.id) a
        cross join lateral (select coalesce(sum(total), 0) as total from credit_notes where invoice_id = i.id) n
        where (i.settled, i.credited) <> (a.amount, n.total)
        union all
        select 'series ' || series || ' counts to ' || max(number) || ' with ' || count(*) || ' credit notes' from credit_notes
        group by series having max(number) <> count(*) or min(number) <> 1
        union all
        select 'revenue of ' || currency || ' is ' || sum(r.amount) || ', invoices less credit notes and losses ' || max(net.amount)
        from revenue_days r
        join (
            select currency, sum(amount) as amount from (
                select currency, total as amount from invoices where status in ('paid', 'partially_refunded', 'refunded')
                union all select currency, -total from credit_notes
                union all select currency, -loss from disputes
            ) booked group by currency
        ) net using (currency)
        group by currency having sum(r.amount) <> max(net.amount)
        """,
        "select count(*) from allocations"
    );
}
