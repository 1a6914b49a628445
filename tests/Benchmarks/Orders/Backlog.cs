using Dapper;
using MPanel.Jobs.Orders;
using Npgsql;

namespace MPanel.Benchmarks.Orders;

/// <summary>Orders that were taken in, all committed at once, as intake writes them.</summary>
public static class Backlog
{
    /// <param name="withChains">False for intakes that no engine will touch.</param>
    /// <returns>The intakes' ids.</returns>
    public static async Task<IReadOnlyList<long>> Insert(NpgsqlDataSource database, IReadOnlyList<SampleOrder> orders, bool withChains)
    {
        await using var db = await database.OpenConnectionAsync();
        var ids = await db.QueryAsync<long>(
            """
            with intake as (
                insert into order_intakes (stripe_payment_intent_id, body_digest, body, correlation_id)
                select i.payment, sha256(convert_to(i.body, 'UTF8')), i.body::jsonb, 'bench-' || i.payment
                from unnest(@payments, @bodies) as i (payment, body)
                returning id, reference, correlation_id
            ), line as (
                insert into order_timeline (intake_id, step, outcome, message, actor, correlation_id)
                select id, 'intake', 'received', 'Received', 'bench', correlation_id from intake
            ), chain as (
                insert into job_chains (kind, dedupe_key, subject, correlation_id)
                select 'order', 'order:' || id, reference, correlation_id from intake where @withChains
                returning id, dedupe_key
            ), steps as (
                insert into job_steps (chain_id, position, kind, payload, state)
                select chain.id, s.position, s.kind, jsonb_build_object('intakeId', split_part(chain.dedupe_key, ':', 2)::bigint),
                    case s.position when 1 then 'due' else 'waiting' end
                from chain cross join unnest(@steps) with ordinality as s (kind, position)
            )
            select id from intake order by id
            """,
            new
            {
                payments = orders.Select(o => o.PaymentIntent).ToArray(),
                bodies = orders.Select(o => o.Canonical).ToArray(),
                withChains,
                steps = new OrderChain().Steps.ToArray(),
            },
            commandTimeout: 120
        );
        return ids.AsList();
    }
}
