using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Dashboard;

/// <summary>The first few of something, and how many there are.</summary>
public sealed record Few<T>(IReadOnlyList<T> Rows, ListTotal Total);

public sealed record StoppedOrder(string Reference, string ReasonCode, string? Reason, string? Email, DateTimeOffset CreatedAt);

/// <param name="Since">A failed task: when it failed. A waiting one: since when it could have been done.</param>
public sealed record OpenTask(long Id, string Type, string Domain, string? Server, string? ErrorCode, string? Error, DateTimeOffset Since);

/// <summary>What waits for a person, or for too long.</summary>
public static class Attention
{
    /// <summary>The longest stopped first.</summary>
    public static async Task<Few<StoppedOrder>> Orders(NpgsqlConnection db, int limit) =>
        new(
            [
                .. await db.QueryAsync<StoppedOrder>(
                    """
                    select reference, reason_code, reason, body ->> 'customerEmail' as email, created_at
                    from order_intakes
                    where status = 'needs_review'
                    order by created_at, id
                    limit @limit
                    """,
                    new { limit }
                ),
            ],
            await ListTotal.Of(
                db,
                "select count(*) from (select 1 from order_intakes where status = 'needs_review' limit @bound) counted",
                new { }
            )
        );

    /// <summary>The latest first.</summary>
    public static async Task<Few<OpenTask>> FailedTasks(NpgsqlConnection db, int limit) =>
        new(
            [
                .. await db.QueryAsync<OpenTask>(
                    """
                    select t.id, t.type, t.domain, s.name as server, t.last_error_code as error_code, t.last_error as error,
                           t.finished_at as since
                    from provisioning_tasks t left join servers s on s.id = t.server_id
                    where t.status = 'failed'
                    order by t.id desc
                    limit @limit
                    """,
                    new { limit }
                ),
            ],
            await ListTotal.Of(
                db,
                "select count(*) from (select 1 from provisioning_tasks where status = 'failed' limit @bound) counted",
                new { }
            )
        );

    /// <summary>The longest waiting first.</summary>
    public static async Task<Few<OpenTask>> WaitingTasks(NpgsqlConnection db, int limit) =>
        new(
            [
                .. await db.QueryAsync<OpenTask>(
                    """
                    select t.id, t.type, t.domain, s.name as server, t.last_error_code as error_code, t.last_error as error,
                           t.available_at as since
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
