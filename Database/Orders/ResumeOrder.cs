using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

public static class ResumeOrder
{
    /// <summary>The work on an order, its intake locked against a second decision at the same moment; null when there is no such order.</summary>
    public static Task<long?> FindJob(NpgsqlTransaction transaction, string reference) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            select j.id from order_intakes i join outbox j on j.key = 'order:' || i.id
            where i.reference = @reference
            for update of i
            """,
            new { reference },
            transaction
        );
}
