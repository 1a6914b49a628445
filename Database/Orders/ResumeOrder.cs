using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

public static class ResumeOrder
{
    /// <summary>The chain of an order, its intake locked against a second decision at the same moment; null when there is no such order.</summary>
    public static Task<long?> FindChain(NpgsqlTransaction transaction, string reference, string chainKind) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            select c.id from order_intakes i join job_chains c on c.dedupe_key = @chainKind || ':' || i.id
            where i.reference = @reference
            for update of i
            """,
            new { reference, chainKind },
            transaction
        );
}
