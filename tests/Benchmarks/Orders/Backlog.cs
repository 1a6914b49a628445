using Dapper;
using Npgsql;

namespace MPanel.Benchmarks.Orders;

/// <summary>Orders that were taken in, all committed at once, as intake writes them.</summary>
public static class Backlog
{
    /// <param name="withWork">False for intakes that no engine will touch.</param>
    /// <returns>The intakes' ids.</returns>
    public static async Task<IReadOnlyList<long>> Insert(NpgsqlDataSource database, IReadOnlyList<SampleOrder> orders, bool withWork)
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
                insert into timeline (subject_kind, subject_id, step, outcome, message, actor, correlation_id)
                select 'intake', id, 'intake', 'received', 'Received', 'bench', correlation_id from intake
            ), owed as (
                insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id, payload)
                select 'order:' || id, 'order', 'intake', id, reference, correlation_id, jsonb_build_object('intakeId', id)
                from intake where @withWork
            )
            select id from intake order by id
            """,
            new
            {
                payments = orders.Select(o => o.PaymentIntent).ToArray(),
                bodies = orders.Select(o => o.Canonical).ToArray(),
                withWork,
            },
            commandTimeout: 120
        );
        return ids.AsList();
    }
}
