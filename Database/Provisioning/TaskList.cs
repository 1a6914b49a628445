using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class TaskList
{
    /// <summary>Newest first.</summary>
    /// <param name="status">Null for every status.</param>
    /// <param name="before">Only tasks with a smaller id: the last id of the page before. Null for the first page.</param>
    public static Task<IEnumerable<TaskFacts>> Page(NpgsqlConnection db, string? status, long? before, int size) =>
        status is null
            ? db.QueryAsync<TaskFacts>(
                "select * from provisioning_task_facts where id < @before order by id desc limit @size",
                new { before = before ?? long.MaxValue, size }
            )
            : db.QueryAsync<TaskFacts>(
                "select * from provisioning_task_facts where status = @status and id < @before order by id desc limit @size",
                new
                {
                    status,
                    before = before ?? long.MaxValue,
                    size,
                }
            );

    public static Task<long> Count(NpgsqlConnection db, string? status) =>
        status is null
            ? db.ExecuteScalarAsync<long>("select count(*) from provisioning_tasks")
            : db.ExecuteScalarAsync<long>("select count(*) from provisioning_tasks where status = @status", new { status });

    /// <summary>An order's tasks in the order they were created.</summary>
    public static Task<IEnumerable<TaskFacts>> OfOrder(NpgsqlConnection db, long orderId) =>
        db.QueryAsync<TaskFacts>("select * from provisioning_task_facts where order_id = @orderId order by id", new { orderId });

    public static Task<TaskFacts?> One(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<TaskFacts>("select * from provisioning_task_facts where id = @id", new { id });
}
