using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class OrderOfTask
{
    /// <summary>Reference of the order that a task belongs to; null when there is no such task.</summary>
    public static Task<string?> Run(NpgsqlConnection db, long taskId) =>
        db.ExecuteScalarAsync<string?>(
            "select o.reference from provisioning_tasks t join orders o on o.id = t.order_id where t.id = @taskId",
            new { taskId }
        );
}
