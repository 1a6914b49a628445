using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Dashboard;

/// <summary>The first few of something, and how many there are.</summary>
public sealed record Few<T>(IReadOnlyList<T> Rows, ListTotal Total);

/// <param name="Since">Since when it could have been done.</param>
public sealed record WaitingTask(long Id, string Type, string Domain, string? Server, DateTimeOffset Since)
{
    /// <summary>The longest waiting first.</summary>
    public static async Task<Few<WaitingTask>> Longest(NpgsqlConnection db, int limit) =>
        new(
            [
                .. await db.QueryAsync<WaitingTask>(
                    """
                    select t.id, t.type, t.domain, s.name as server, t.available_at as since
                    from provisioning_tasks t left join servers s on s.id = t.server_id
                    where t.status = 'pending'
                    order by t.available_at, t.id
                    limit @limit
                    """,
                    new { limit }
                ),
            ],
            await ListTotal.Of(
                db,
                "select count(*) from (select 1 from provisioning_tasks where status = 'pending' limit @bound) counted",
                new { }
            )
        );
}
