using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

public static class WaitingOrders
{
    /// <summary>
    /// How many steps of the orders' chain wait for a worker now. One that was tried and waits for its next time doesn't count: it waits
    /// for Stripe, say, and no order less would help it.
    /// </summary>
    /// <param name="most">Counting stops there.</param>
    public static Task<int> Count(NpgsqlConnection db, IReadOnlyList<string> steps, int most, CancellationToken cancellationToken) =>
        db.ExecuteScalarAsync<int>(
            new CommandDefinition(
                """
                select count(*) from (
                    select from job_steps where state = 'due' and run_at <= now() and attempt = 0 and kind = any(@steps) limit @most
                ) waiting
                """,
                new { steps = steps.ToArray(), most },
                cancellationToken: cancellationToken
            )
        );
}
