using Dapper;
using MPanel.Database.Servers;
using MPanel.Database.Timelines;
using MPanel.Database.Websites;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>What became of the wish to move a task.</summary>
/// <param name="Refusal">Stable code of why nothing was changed; null when it moved, or is there already.</param>
/// <param name="Tasks">Ids of all that moved, the task itself included; empty when it is there already.</param>
/// <param name="From">Name of the server it was on; null when it had none.</param>
/// <param name="Woken">Servers that have something to claim by this, to be told after the commit.</param>
public sealed record TaskMove(string? Refusal, IReadOnlyList<long> Tasks, string? From, IReadOnlyList<long> Woken)
{
    internal static TaskMove Refused(string code) => new(code, [], null, []);
}

/// <summary>
/// By hand: a task that waits or failed goes to another server, with everything of the same website that could still be done, so that
/// a website is never on two servers. What stands on a server already is not moved by this.
/// </summary>
public static class MoveTask
{
    private sealed record Moving(
        string Domain,
        string ServerRole,
        string Status,
        long? ServerId,
        string? Server,
        long? WebsiteId,
        string? WebsiteStatus,
        long? HomeId,
        long? PlacementId
    );

    private sealed record Sibling(long Id, string Status, string[] ServerTags, bool Locked);

    private sealed record Target(long Id, string[] Roles, string State, string[] Tags, int Free);

    /// <returns>
    /// Refused with <c>not_found</c>, <c>not_movable</c>, <c>unknown_server</c>, <c>server_unfit</c>, <c>server_full</c>,
    /// <c>website_live</c>, <c>website_busy</c> or <c>busy</c>: then roll back.
    /// </returns>
    /// <param name="actor">Who decided, for the orders' timelines.</param>
    public static async Task<TaskMove> Run(NpgsqlTransaction transaction, long taskId, string server, string actor, string correlationId)
    {
        if (await Find(transaction, taskId) is not { } task)
            return TaskMove.Refused("not_found");
        if (task.Status is not (TaskState.Pending or TaskState.Failed))
            return TaskMove.Refused("not_movable");
        // Both servers in the order of their ids, or two moves against each other would wait for one another.
        var target = (await Lock(transaction, server, task.HomeId)).SingleOrDefault();
        if (target is null)
            return TaskMove.Refused("unknown_server");
        if (target.Id == task.ServerId)
            return new TaskMove(null, [], task.Server, []);
        if (task.WebsiteId is not null && task.WebsiteStatus != WebsiteState.Pending && task.HomeId != target.Id)
            return TaskMove.Refused("website_live");
        var siblings = await Siblings(transaction, task);
        if (Refusal(task, target, siblings) is { } refusal)
            return TaskMove.Refused(refusal);
        if (
            task.WebsiteId is { } websiteId
            && task.HomeId != target.Id
            && !await MoveWebsite(transaction, websiteId, task.HomeId, target.Id)
        )
            return TaskMove.Refused("server_full");
        long[] ids = [.. siblings.Select(s => s.Id)];
        var moved = await MoveTasks(transaction, ids, target.Id, actor, correlationId);
        return moved == ids.Length ? new TaskMove(null, ids, task.Server, [target.Id]) : TaskMove.Refused("busy");
    }

    private static string? Refusal(Moving task, Target target, List<Sibling> siblings) =>
        !target.Roles.Contains(task.ServerRole)
        || target.State != ServerState.Active
        || siblings.Any(s => s.ServerTags.Except(target.Tags).Any())
            ? "server_unfit"
        : siblings.Any(s => s.Status == TaskState.InProgress) ? "website_busy"
        // Something of this domain stands on the server it was done on, though no website tells.
        : task.WebsiteId is null && siblings.Any(s => s.Status == TaskState.Success) ? "website_live"
        // Somebody changes one of them right now.
        : siblings.Any(s => !s.Locked) ? "busy"
        : null;

    /// <summary>The website is locked before its tasks, as wherever tasks are created; tasks that others hold are not waited for.</summary>
    private static async Task<Moving?> Find(NpgsqlTransaction transaction, long taskId)
    {
        await transaction.Connection!.ExecuteAsync(
            """
            select w.id from websites w
            where w.id = (
                select coalesce(t.website_id, h.website_id) from provisioning_tasks t left join hostnames h on h.name = t.domain
                where t.id = @taskId and t.server_role = 'web'
            )
            for no key update
            """,
            new { taskId },
            transaction
        );
        return await transaction.Connection!.QuerySingleOrDefaultAsync<Moving>(
            """
            select t.domain, t.server_role, t.status, t.server_id, s.name as server, w.id as website_id, w.status as website_status,
                   w.server_id as home_id, g.id as placement_id
            from provisioning_tasks t
            left join servers s on s.id = t.server_id
            left join hostnames h on h.name = t.domain and t.server_role = 'web'
            left join websites w on w.id = coalesce(t.website_id, h.website_id) and w.status <> 'removed' and t.server_role = 'web'
            left join placements g on g.kind = 'hosting' and g.subject_id = w.id and g.role = 'serving'
            where t.id = @taskId
            """,
            new { taskId },
            transaction
        );
    }

    private static Task<IEnumerable<Target>> Lock(NpgsqlTransaction transaction, string server, long? homeId) =>
        transaction.Connection!.QueryAsync<Target>(
            """
            with locked as materialized (
                select * from servers where name = @server or id = @homeId order by id for no key update
            )
            select id, roles, state, tags, website_capacity - website_count as free from locked where name = @server
            """,
            new { server, homeId },
            transaction
        );

    /// <summary>Everything on the domain for servers of this role that was not done, this task included; and what was, for a domain without a website.</summary>
    private static async Task<List<Sibling>> Siblings(NpgsqlTransaction transaction, Moving task) =>
        [
            .. await transaction.Connection!.QueryAsync<Sibling>(
                """
                with locked as materialized (
                    select id, status from provisioning_tasks
                    where (domain = @Domain or placement_id = @PlacementId) and server_role = @ServerRole
                      and (status <> 'success' or @WebsiteId::bigint is null)
                    order by id
                    for update skip locked
                )
                select t.id, coalesce(l.status, t.status) as status, t.server_tags, l.id is not null as locked
                from provisioning_tasks t left join locked l on l.id = t.id
                where (t.domain = @Domain or t.placement_id = @PlacementId) and t.server_role = @ServerRole
                  and (t.status <> 'success' or @WebsiteId::bigint is null)
                order by t.id
                """,
                task,
                transaction
            ),
        ];

    /// <summary>False when the target has no room. A website without a server takes its first room by this.</summary>
    private static async Task<bool> MoveWebsite(NpgsqlTransaction transaction, long websiteId, long? from, long to) =>
        await transaction.Connection!.ExecuteScalarAsync<int>(
            """
            with taken as (
                update servers set website_count = website_count + 1, updated_at = now()
                where id = @to and website_count < website_capacity
                returning id
            ), given_back as (
                update servers s set website_count = s.website_count - 1, updated_at = now()
                from taken where s.id = @from and s.website_count > 0
            ), moved as (
                update websites w set server_id = taken.id, updated_at = now()
                from taken
                where w.id = @websiteId and w.status = 'pending' and w.server_id is not distinct from @from
                returning w.id
            ), placement as (
                update placements p set server_id = @to, updated_at = now()
                from moved where p.kind = 'hosting' and p.subject_id = moved.id and p.role = 'serving'
            )
            select count(*)::int from moved
            """,
            new
            {
                websiteId,
                from,
                to,
            },
            transaction
        ) == 1;

    /// <summary>Returns how many moved.</summary>
    private static Task<int> MoveTasks(NpgsqlTransaction transaction, long[] ids, long to, string actor, string correlationId) =>
        transaction.Connection!.ExecuteScalarAsync<int>(
            $"""
            with found as (
                select t.id, f.name as from_name from provisioning_tasks t left join servers f on f.id = t.server_id where t.id = any(@ids)
            ), moved as (
                update provisioning_tasks t set server_id = @to, updated_at = now()
                from found
                where t.id = found.id and t.status in ('pending', 'failed', 'cancelled')
                returning t.*, found.from_name
            ), line as (
                {Timeline.OfTasks(
                    "moved",
                    "'waiting'",
                    "t.type || ' of ' || t.domain || ' is moved' || coalesce(' from ' || t.from_name, '') || ' to ' || s.name",
                    "@actor",
                    correlation: "@correlationId",
                    joins: "join servers s on s.id = @to"
                )}
            )
            select count(*)::int from moved
            """,
            new
            {
                ids,
                to,
                actor,
                correlationId,
            },
            transaction
        );
}
