using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class PlanOnce
{
    /// <summary>
    /// Until the transaction ends, a prepared statement keeps its first plan. Left to itself PostgreSQL plans what takes an array each time
    /// anew, since its guess for any array is ten entries: that was a third of what a chain cost.
    /// </summary>
    public static Task InTransaction(NpgsqlTransaction transaction) =>
        transaction.Connection!.ExecuteAsync("set local plan_cache_mode = force_generic_plan", transaction: transaction);
}
