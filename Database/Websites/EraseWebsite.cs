using Dapper;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Database.Websites;

/// <param name="ServerId">To be told after the commit.</param>
public sealed record ErasedWebsite(long Id, string Domain, long ServerId);

public static class EraseWebsite
{
    /// <summary>
    /// Has its server erase the next website whose grace is over and whose archive is verified; null when there is none. Without an archive
    /// nothing is erased. Several processes at once take different ones.
    /// </summary>
    public static async Task<ErasedWebsite?> Next(NpgsqlConnection db, string correlationId)
    {
        await using var transaction = await db.BeginTransactionAsync();
        var erased = await db.QuerySingleOrDefaultAsync<ErasedWebsite>(
            $"""
            with w as (
                select w.id, w.domain, w.plan from websites w
                join placements p on p.kind = 'hosting' and p.subject_id = w.id and p.role = 'serving'
                where w.status = 'removing' and w.remove_after <= now() and w.archived_as is not null
                  and p.desired = 'present' and p.applied_revision = p.revision and p.server_id is not null
                order by w.remove_after
                limit 1
                for no key update of w skip locked
            ), goal as (
                update placements p
                set desired = 'absent', revision = p.revision + 1, updated_at = now()
                from w where p.kind = 'hosting' and p.subject_id = w.id and p.role = 'serving'
                returning p.id, p.server_id
            ), added as (
                {PlacementTask.Insert("from goal cross join w")}
            )
            select w.id, w.domain, goal.server_id from w cross join goal left join added on true
            """,
            new
            {
                OrderId = (long?)null,
                SubscriptionId = (long?)null,
                ServerRole = "web",
                ServerTags = Array.Empty<string>(),
                Priority = PlacementTask.First,
                CorrelationId = correlationId,
            },
            transaction
        );
        await transaction.CommitAsync();
        return erased;
    }
}
