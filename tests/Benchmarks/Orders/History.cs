using Dapper;
using Npgsql;

namespace MPanel.Benchmarks.Orders;

/// <summary>Orders of the past, whole and consistent: from intake to provisioned tasks, as the path would have left them.</summary>
public static class History
{
    private const int Batch = 10_000;

    /// <summary>Adds past orders until there are so many.</summary>
    public static async Task FillTo(NpgsqlDataSource database, int orders, CancellationToken stop)
    {
        await using var db = await database.OpenConnectionAsync(stop);
        for (var there = await Count(db); there < orders; there = await Count(db))
            await Add(db, Math.Min(Batch, orders - there), serverIds: null, stop);
        await db.ExecuteAsync("vacuum analyze", commandTimeout: 600);
    }

    /// <summary>Adds orders whose hosting tasks still wait, each on one of the servers in turn.</summary>
    public static async Task AddPending(NpgsqlDataSource database, int orders, long[] serverIds, CancellationToken stop)
    {
        await using var db = await database.OpenConnectionAsync(stop);
        await Add(db, orders, serverIds, stop);
        await db.ExecuteAsync("vacuum analyze", commandTimeout: 600);
    }

    private static Task<int> Count(NpgsqlConnection db) => db.ExecuteScalarAsync<int>("select count(*) from orders");

    private static async Task Add(NpgsqlConnection db, int count, long[]? serverIds, CancellationToken stop)
    {
        await using var transaction = await db.BeginTransactionAsync(stop);
        foreach (var statement in HistoryStatements.All)
            await db.ExecuteAsync(
                new CommandDefinition(statement, new { count, serverIds }, transaction, commandTimeout: 600, cancellationToken: stop)
            );
        await transaction.CommitAsync(stop);
    }
}
