using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="TaskId">The task that waits for it; null while the website has no server and nobody ordered it.</param>
/// <param name="Revision">What shall stand.</param>
/// <param name="ServerId">To be told after the commit; null when it waits for a server, or was to be told before.</param>
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
    /// it takes what it finds. Called by whoever changed the website, whose row is locked: so two changes come one after the other.
    /// </summary>
    /// <param name="message">What happens, for the website's timeline, once the website is ordered.</param>
    public static Task<BroughtWebsite> Run(NpgsqlTransaction transaction, long websiteId, WebsiteErrand errand, string? message = null) =>
        transaction.Connection!.QuerySingleAsync<BroughtWebsite>(
            $"""
            with goal as (
                insert into placements as p (kind, subject_id, server_id, desired, spec)
                select 'hosting', w.id, w.server_id, 'present', website_spec(w.id) from websites w where w.id = @websiteId
                on conflict (kind, subject_id) where role = 'serving' do update
                set spec = excluded.spec, server_id = excluded.server_id, updated_at = now(),
                    revision = p.revision + case when p.spec = excluded.spec and p.desired = 'present' then 0 else 1 end,
                    desired = 'present',
                    condition = case when p.condition = 'broken' then 'unknown' else p.condition end,
                    condition_code = case when p.condition = 'broken' then null else p.condition_code end,
                    condition_text = case when p.condition = 'broken' then null else p.condition_text end,
                    condition_at = case when p.condition = 'broken' then now() else p.condition_at end
                returning id, revision, server_id, spec
            ), waiting as (
                select t.id from provisioning_tasks t join goal on t.placement_id = goal.id where t.status = 'pending'
            ), added as (
                {PlacementTask.Insert(
                    "from goal cross join websites w where w.id = @websiteId and not exists (select from waiting) and (goal.server_id is not null or @OrderId::bigint is not null)"
                )}
            ), line as (
                {Timeline.Append}
                select 'website', @websiteId, now(), 'website', null, null, 'done', null, @message, added.id, @Actor, @CorrelationId
                from goal left join added on true
                where @message::text is not null
            )
            select goal.id as placement_id, coalesce(added.id, waiting.id) as task_id, goal.revision,
                   case when added.id is not null then goal.server_id end as server_id
            from goal left join added on true left join waiting on true
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
}
