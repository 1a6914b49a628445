using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="ServerId">To be told after the commit.</param>
public sealed record BehindPlacement(long TaskId, long ServerId)
{
    /// <summary>
    /// The second net: what doesn't stand as it shall and has no task gets one. That is what an upgrade left, and what a change that came at
    /// the same moment as an end may have missed. What failed for good waits for a person. Several processes at once take different ones.
    /// </summary>
    public static async Task<IReadOnlyList<BehindPlacement>> Mend(NpgsqlConnection db, int batch, string correlationId) =>
        (
            await db.QueryAsync<BehindPlacement>(
                $"""
                with goal as (
                    select p.id, p.server_id, p.subject_id from placements p
                    where p.applied_revision < p.revision and p.kind = 'hosting' and p.role = 'serving' and p.server_id is not null
                      and p.condition not in ('broken', 'ahead')
                      -- One by one: each status has an index of its own.
                      and not exists (select from provisioning_tasks t where t.placement_id = p.id and t.status = 'pending')
                      and not exists (select from provisioning_tasks t where t.placement_id = p.id and t.status = 'in_progress')
                    order by p.id
                    limit @batch
                    for no key update skip locked
                ), added as (
                    {PlacementTask.Insert("from goal join websites w on w.id = goal.subject_id")}
                )
                select id as task_id, server_id from added
                """,
                new
                {
                    batch,
                    OrderId = (long?)null,
                    SubscriptionId = (long?)null,
                    ServerRole = "web",
                    ServerTags = Array.Empty<string>(),
                    Priority = PlacementTask.InTurn,
                    CorrelationId = correlationId,
                }
            )
        ).AsList();
}
