using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="TaskId">The task that waits for it; null while the website has no server and nobody ordered it.</param>
/// <param name="Revision">What shall stand.</param>
/// <param name="ServerId">To be told after the commit; null while it waits for a server.</param>
public sealed record BroughtWebsite(long PlacementId, long? TaskId, long Revision, long? ServerId);

/// <param name="OrderId">Whose task it is; null for what no order asks for.</param>
/// <param name="SubscriptionId">Of that order.</param>
/// <param name="ServerRole">Of the servers that may do it.</param>
/// <param name="First">Before what waits for its turn: what takes something away from the net.</param>
public sealed record WebsiteErrand(
    string Actor,
    string CorrelationId,
    long? OrderId = null,
    long? SubscriptionId = null,
    string ServerRole = "web",
    string[]? ServerTags = null,
    bool First = false
);

public static class BringWebsite
{
    /// <summary>
    /// Makes what the website's row and names say its desired state, and sees that a task will bring it about: one that waits is enough, for
    /// it takes what it finds, and it waits no longer than a new one would. Called by whoever changed the website, whose row is locked: so two
    /// changes come one after the other. What its server is to erase stays so.
    /// </summary>
    /// <param name="message">What happens, for the website's timeline.</param>
    public static async Task<BroughtWebsite> Run(
        NpgsqlTransaction transaction,
        long websiteId,
        WebsiteErrand errand,
        string? message = null
    )
    {
        // Statement by statement: each must see what the one before waited for.
        await using var results = await transaction.Connection!.QueryMultipleAsync(
            $"""
            insert into placements as p (kind, subject_id, server_id, desired, spec)
            select 'hosting', w.id, w.server_id, 'present', website_spec(w.id) from websites w where w.id = @websiteId
            on conflict (kind, subject_id) where role = 'serving' do update
            set spec = excluded.spec, server_id = excluded.server_id, updated_at = now(),
                revision = p.revision + case when p.spec = excluded.spec then 0 else 1 end,
                condition = case when p.condition = 'broken' then 'unknown' else p.condition end,
                condition_code = case when p.condition = 'broken' then null else p.condition_code end,
                condition_text = case when p.condition = 'broken' then null else p.condition_text end,
                condition_at = case when p.condition = 'broken' then now() else p.condition_at end
            where p.desired = 'present';

            -- Not one that a claim has in its hands: that takes what stands here when it has waited for us.
            update provisioning_tasks t
            set priority = least(t.priority, @Priority), available_at = least(t.available_at, now()), attempts_spent = 0, updated_at = now()
            where t.id = (
                select k.id from provisioning_tasks k join placements p on p.id = k.placement_id
                where {PlacementTask.OfWebsite("p")} and k.status = 'pending' and (k.available_at > now() or k.priority > @Priority)
                for update of k skip locked
            );

            with goal as (
                select p.id, p.server_id from placements p
                where {PlacementTask.OfWebsite("p")} and p.desired = 'present' and (p.server_id is not null or @OrderId::bigint is not null)
            )
            {PlacementTask.Insert("from goal join websites w on w.id = @websiteId")};

            {Timeline.Append}
            select 'website', @websiteId, now(), 'website', null, null, 'done', null, @message, null, @Actor, @CorrelationId
            where @message::text is not null;

            select p.id as placement_id, t.id as task_id, p.revision, case when t.id is not null then p.server_id end as server_id
            from placements p left join provisioning_tasks t on t.placement_id = p.id and t.status = 'pending'
            where {PlacementTask.OfWebsite("p")};
            """,
            new
            {
                websiteId,
                message,
                errand.Actor,
                errand.CorrelationId,
                errand.OrderId,
                errand.SubscriptionId,
                errand.ServerRole,
                ServerTags = errand.ServerTags ?? [],
                Priority = errand.First ? PlacementTask.First : PlacementTask.InTurn,
            },
            transaction
        );
        await results.ReadAsync<(long, long?)>();
        return await results.ReadSingleAsync<BroughtWebsite>();
    }
}
