namespace MPanel.Database.Attention;

/// <summary>
/// What banks say against payments and a person must answer, as in <see cref="AttentionSources"/>. Disputes and warnings have their last four
/// bits in common, and are told apart by the fifth.
/// </summary>
internal static class DisputeSources
{
    /// <summary>Those that wait for an answer, and those that are lost; until a person has seen them as they are.</summary>
    public const string Disputes = """
        from (
            select d.id * 32 + 15 as id, d.id as source_id,
                   case d.status when 'inquiry' then 'dispute_inquiry' when 'lost' then 'dispute_lost' else 'dispute_needs_response' end as code,
                   case when d.status = 'lost' or d.evidence_due_at is null then ''
                        else to_char(d.evidence_due_at at time zone 'UTC', '"Evidence counts until "YYYY-MM-DD HH24:MI" UTC. "') end
                   || 'The bank says: ' || d.reason || '.' as error,
                   d.updated_at as since, d.stripe_dispute_id as work,
                   coalesce(i.body ->> 'primaryDomain', i.reference, d.stripe_dispute_id) as subject, i.reference, c.normalized_email as email
            from disputes d join payments p on p.id = d.payment_id
            left join order_intakes i on i.id = p.intake_id
            left join customers c on c.id = coalesce(p.customer_id, i.customer_id)
            where (d.status in ('needs_response', 'lost') or d.status = 'inquiry' and d.stripe_status = 'warning_needs_response')
              and d.seen_status is distinct from d.status
        ) f
        where @Payments
          and (@Like::text is null or f.subject ilike @Like or f.reference ilike @Like or f.email ilike @Like)
          and (@Code::text is null or f.code = @Code)
        """;

    /// <summary>Warnings about money that is still here, and that nobody has dismissed. A dispute takes a warning's place.</summary>
    public const string Warnings = """
        from (
            select (w.id * 2 + 1) * 16 + 15 as id, w.id as source_id, 'fraud_warning' as code, 'The bank says: ' || w.fraud_type || '.' as error,
                   w.created_at as since, w.stripe_warning_id as work,
                   coalesce(i.body ->> 'primaryDomain', i.reference, w.stripe_warning_id) as subject, i.reference, c.normalized_email as email
            from fraud_warnings w join payments p on p.id = w.payment_id
            left join order_intakes i on i.id = p.intake_id
            left join customers c on c.id = coalesce(p.customer_id, i.customer_id)
            where w.dismissed_at is null and p.refunding + p.refunded + p.disputed < p.amount
              and not exists (select from disputes d where d.payment_id = p.id and d.status <> 'inquiry')
        ) f
        where @Payments
          and (@Like::text is null or f.subject ilike @Like or f.reference ilike @Like or f.email ilike @Like)
          and (@Code::text is null or f.code = @Code)
        """;
}
