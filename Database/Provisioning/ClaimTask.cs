using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Attempt">From 1; counts on over retries by hand.</param>
/// <param name="MaxAttempts">The attempt after which it is given up.</param>
/// <param name="Payload">JSON.</param>
/// <param name="Plan">The payload's plan, for log lines; null where there is none.</param>
public sealed record ClaimedTask(
    long Id,
    int Attempt,
    int MaxAttempts,
    Guid LeaseToken,
    string Type,
    string Action,
    string Domain,
    string CorrelationId,
    string Payload,
    string? Plan
);

public static class ClaimTask
{
    /// <summary>Each lost race leaves one task fewer to race for; more than a few in a row do not happen.</summary>
    private const int Tries = 10;

    /// <summary>
    /// Leases the first task this server may do now, or returns null. One statement outside of any transaction: two agents
    /// never get the same task, nor two tasks of one domain. Of a placement the task gets what shall stand now. Writes the attempt and the
    /// timeline.
    /// </summary>
    /// <param name="tokenId">The token that the agent came with: one that was revoked while it waited gets nothing. Null to ask none.</param>
    public static async Task<ClaimedTask?> Run(
        NpgsqlConnection db,
        long serverId,
        IEnumerable<string> types,
        TimeSpan lease,
        long? tokenId = null
    )
    {
        var wanted = types.Distinct(StringComparer.Ordinal).ToArray();
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await Once(db, serverId, wanted, lease, tokenId);
            }
            catch (PostgresException e)
                when (e.SqlState == PostgresErrorCodes.UniqueViolation
                    && e.ConstraintName is "provisioning_tasks_one_running_per_domain" or "provisioning_tasks_one_running_of_placement"
                )
            {
                // Another claim took a task of the same domain between our look and our write.
                if (tries == Tries)
                    return null;
            }
        }
    }

    private static Task<ClaimedTask?> Once(NpgsqlConnection db, long serverId, string[] types, TimeSpan lease, long? tokenId) =>
        db.QuerySingleOrDefaultAsync<ClaimedTask>(
            $"""
            with home as materialized (
                -- What is asked for passes through here unseen by the planner. Were it told, it would plan anew for each server's number
                -- of tasks, at more cost than the claim itself.
                select id, name, @types::text[] as types from servers where id = @serverId and state = 'active'
                  and (@tokenId::bigint is null
                       or (select k.revoked_at is null from server_tokens k where k.id = @tokenId and k.server_id = @serverId))
            ), next as (
                select chosen.id, chosen.placement_id, home.name as server
                from home
                cross join lateral (
                    select wanted.type
                    from unnest(home.types) as wanted (type)
                    cross join lateral (
                        select t.priority, t.id from provisioning_tasks t
                        where t.server_id = home.id and t.type = wanted.type and t.status = 'pending' and t.available_at <= now()
                        order by t.priority, t.id
                        limit 1
                    ) as head
                    order by head.priority, head.id
                ) as kinds
                cross join lateral (
                    select t.id, t.placement_id from provisioning_tasks t
                    where t.server_id = home.id and t.type = kinds.type and t.status = 'pending' and t.available_at <= now()
                      -- Scalar subqueries on purpose: each is an index look-up per candidate, whatever the planner knows of the table;
                      -- as exists they may become a scan of every task that ever succeeded.
                      and (t.depends_on is null
                           or (select d.status from provisioning_tasks d where d.id = t.depends_on) = 'success')
                      and (select r.id from provisioning_tasks r where r.domain = t.domain and r.status = 'in_progress') is null
                      -- Its domain may be another one since.
                      and (t.placement_id is null or (
                          select r.id from provisioning_tasks r where r.placement_id = t.placement_id and r.status = 'in_progress'
                      ) is null)
                    order by t.priority, t.id
                    limit 1
                    for update of t skip locked
                ) as chosen
                limit 1
            ), goal as (
                -- What is asked for is what stands here now. Locked: whoever changes it meanwhile adds another task or is waited for.
                select p.revision, p.desired, p.spec from placements p where p.id = (select placement_id from next) for no key update
            ), claimed as (
                update provisioning_tasks t
                set status = 'in_progress', attempt = attempt + 1, attempts_spent = attempts_spent + 1,
                    lease_token = gen_random_uuid(), lease_expires_at = now() + @lease, updated_at = now(),
                    action = case goal.desired when 'present' then 'apply' when 'absent' then 'remove' else t.action end,
                    revision = goal.revision,
                    payload = case when goal.revision is null then t.payload
                              else goal.spec || jsonb_build_object('revision', goal.revision) end
                from next left join goal on true where t.id = next.id
                returning t.*, next.server
            ), attempt as (
                insert into task_attempts (task_id, attempt, lease_token, server_id)
                select id, attempt, lease_token, server_id from claimed
            ), line as (
                {Timeline.OfTasks("claimed", "'started'", "t.server || ' took ' || t.type || ' of ' || t.domain", "t.server", "t.attempt")}
            )
            select id, attempt, attempt - attempts_spent + max_attempts as max_attempts, lease_token, type, action, domain,
                   correlation_id, payload::text as payload, {TaskPlan.Of("claimed")} as plan
            from claimed
            """,
            new
            {
                serverId,
                types,
                lease,
                tokenId,
            }
        );
}
