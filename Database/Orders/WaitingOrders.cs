using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

public static class WaitingOrders
{
    /// <summary>
    /// How many orders wait for a worker now. One that was tried and waits for its next time doesn't count: it waits for Stripe, say, and no
    /// order less would help it.
    /// </summary>
    /// <param name="most">Counting stops there.</param>
    public static Task<int> Count(NpgsqlConnection db, int most, CancellationToken cancellationToken) =>
        db.ExecuteScalarAsync<int>(
            new CommandDefinition(
                """
                select count(*) from (
                    select from outbox where state = 'ready' and due_at <= now() and spent = 0 and kind = 'order' limit @most
                ) waiting
                """,
                new { most },
                cancellationToken: cancellationToken
            )
        );
}
