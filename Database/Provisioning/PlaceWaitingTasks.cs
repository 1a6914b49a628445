using Dapper;
using MPanel.Database.Timelines;
using MPanel.Database.Websites;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="ServerId">Where it was placed; to be told, now that it is committed.</param>
/// <param name="Server">That server's name.</param>
public sealed record PlacedTask(long Id, string Type, string Domain, string? Plan, long ServerId, string Server, string CorrelationId);

/// <summary>Finds servers for tasks that were created while none had room. Several processes at once place different tasks.</summary>
public static class PlaceWaitingTasks
{
    private sealed record Home(long? ServerId);

    private sealed record Unplaced(long Id, string Type, string Domain, long? WebsiteId, string ServerRole, string[] ServerTags);

    /// <summary>
    /// Places the oldest task that some server has room for, and with it what belongs to the same website, in one
    /// transaction. Empty when there is nothing to place.
    /// </summary>
    /// <param name="offlineAfter">A server that was not heard of for longer isn't live.</param>
    public static async Task<IReadOnlyList<PlacedTask>> Next(NpgsqlConnection db, TimeSpan offlineAfter)
    {
        await using var transaction = await db.BeginTransactionAsync();
        var task = await db.QuerySingleOrDefaultAsync<Unplaced>(
            """
            select t.id, t.type, t.domain, t.website_id, t.server_role, t.server_tags
            from provisioning_tasks t
            left join hostnames h on h.name = t.domain
            left join websites w on w.id = h.website_id
            left join servers home on home.id = w.server_id
            where t.status = 'pending' and t.server_id is null and (
                t.server_role = any (home.roles)
                or exists (
                    select 1 from servers s
                    where t.server_role = any (s.roles) and s.state = 'active' and s.tags @> t.server_tags
                      and case
                          when t.type = 'hosting' then s.website_count < s.website_capacity
                          -- Waits until its website has a server.
                          else not (t.server_role = 'web' and w.id is not null and w.server_id is null)
                      end
                )
            )
            order by t.id
            limit 1
            for update of t skip locked
            """,
            transaction: transaction
        );
        if (task is null)
            return [];
        var need = new PlacementNeed(task.Type, task.ServerRole, task.ServerTags, offlineAfter);
        var serverId = task is { Type: TaskKind.Hosting, WebsiteId: { } websiteId }
            ? await PlaceHosting(transaction, need, websiteId)
            : await PlaceTask.Run(transaction, need, task.Domain);
        if (serverId is null)
            return [];
        var placed = await db.QueryAsync<PlacedTask>(
            $"""
            with placed as (
                update provisioning_tasks t set server_id = s.id, updated_at = now()
                from servers s
                where s.id = @serverId and t.id in (
                    -- What another process is placing just now finds the website's server by itself: waiting for it here is a deadlock.
                    select k.id from provisioning_tasks k
                    where k.status = 'pending' and k.server_id is null and (k.id = @Id or (k.domain = @Domain and k.server_role = @ServerRole))
                    for update skip locked
                )
                returning t.*, s.name as server_name
            ), line as (
                {Timeline.OfTasks("placed", "'resumed'", "t.type || ' of ' || t.domain || ' is placed on ' || t.server_name", "'system'")}
            )
            select p.id, p.type, p.domain, {TaskPlan.Of("p")} as plan, p.server_id, p.server_name as server, p.correlation_id
            from placed p
            order by p.id
            """,
            new
            {
                serverId,
                task.Id,
                task.Domain,
                task.ServerRole,
            },
            transaction
        );
        await transaction.CommitAsync();
        return [.. placed];
    }

    /// <summary>The website's server, or room on one, which the website then gets.</summary>
    private static async Task<long?> PlaceHosting(NpgsqlTransaction transaction, PlacementNeed need, long websiteId)
    {
        var db = transaction.Connection!;
        // Whoever holds it may wait for the task that we hold: it is placed in the next round.
        var home = await db.QuerySingleOrDefaultAsync<Home>(
            "select server_id from websites where id = @websiteId for no key update skip locked",
            new { websiteId },
            transaction
        );
        if (home is null or { ServerId: not null })
            return home?.ServerId;
        var serverId = await PlaceWebsite.Run(transaction, need);
        if (serverId is not null)
            await FindOrCreateWebsite.SetServer(transaction, websiteId, serverId.Value);
        return serverId;
    }
}
