using Dapper;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Websites;

/// <param name="Removed">It was being removed, and its archive is gone with the server; otherwise it waits for another one.</param>
public sealed record LeftWebsite(long Id, string Domain, string Server, bool Removed);

/// <summary>What stood on a server that is lost, website by website: each is one transaction, so it may stop anywhere and go on.</summary>
public static class LeaveLostServer
{
    private sealed record Found(long Id, string Domain, string Status, long ServerId, string Server);

    /// <summary>
    /// The next website leaves a lost server: it waits for another one, without its content; or it is removed if it was about to be. Null when
    /// there is none, or somebody is busy with the next one. Several processes at once take different ones.
    /// </summary>
    public static async Task<LeftWebsite?> Next(NpgsqlConnection db, string correlationId)
    {
        await using var transaction = await db.BeginTransactionAsync();
        if (await Find(transaction) is not { } site)
            return null;
        // The placement before its tasks, and those not waited for: whoever ends or retries one holds it and waits for the placement.
        await db.ExecuteAsync(
            "select from placements where kind = 'hosting' and subject_id = @Id and role = 'serving' for no key update",
            site,
            transaction
        );
        if (!await LockTasks(transaction, site))
            return null;
        var removed = site.Status == WebsiteState.Removing;
        if (removed)
            await Remove(transaction, site);
        else
            await Move(transaction, site, correlationId);
        await db.ExecuteAsync(
            $"""
            {Timeline.Append}
            select 'website', @Id, now(), 'website', null, null, 'done', 'server_lost', @message, null, '{TimelineLine.Panel}', @correlationId;

            update servers set website_count = website_count - 1, updated_at = now() where id = @ServerId and website_count > 0;
            """,
            new
            {
                site.Id,
                site.ServerId,
                correlationId,
                message = removed
                    ? $"{site.Server} is lost, and the archive of {site.Domain} with it. Its removal is over, and its names are free."
                    : $"{site.Server} is lost, and with it whatever stood there of {site.Domain}. It is placed on another server, without its files.",
            },
            transaction
        );
        await transaction.CommitAsync();
        return new LeftWebsite(site.Id, site.Domain, site.Server, removed);
    }

    private static Task<Found?> Find(NpgsqlTransaction transaction) =>
        transaction.Connection!.QueryFirstOrDefaultAsync<Found>(
            """
            select w.id, w.domain, w.status, w.server_id, s.name as server
            from servers s join websites w on w.server_id = s.id and w.status <> 'removed'
            where s.lost_at is not null
              -- Its lease runs out: then it waits, or failed.
              and not exists (
                  select from placements p join provisioning_tasks t on t.placement_id = p.id
                  where p.kind = 'hosting' and p.subject_id = w.id and t.status = 'in_progress'
              )
            order by w.id
            limit 1
            for no key update of w skip locked
            """,
            transaction: transaction
        );

    private static async Task<bool> LockTasks(NpgsqlTransaction transaction, Found site)
    {
        const string open = """
            from provisioning_tasks t join placements p on p.id = t.placement_id
            where p.kind = 'hosting' and p.subject_id = @Id and p.role = 'serving' and t.status in ('pending', 'in_progress', 'failed')
            """;
        var locked = await transaction.Connection!.QueryAsync<string>(
            $"select t.status {open} for update of t skip locked",
            site,
            transaction
        );
        var all = await transaction.Connection!.QueryAsync<string>($"select t.status {open}", site, transaction);
        return locked.Count() == all.Count() && !all.Contains(TaskState.InProgress);
    }

    private static Task<int> Move(NpgsqlTransaction transaction, Found site, string correlationId) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            update websites
            set server_id = null, content_lost_at = case when activated_at is null then content_lost_at else coalesce(content_lost_at, now()) end,
                archived_as = null, archive_bytes = null, archive_sha256 = null, updated_at = now()
            where id = @Id;

            update placements
            set server_id = null, revision = revision + 1, applied_revision = 0, applied_hash = null, applied_at = null, condition = 'unknown',
                condition_code = null, condition_text = null, condition_at = now(), inventory_run = null, updated_at = now()
            where kind = 'hosting' and subject_id = @Id and role = 'serving';

            -- What failed there is history.
            update provisioning_tasks t set status = 'cancelled', updated_at = now()
            from placements p where p.id = t.placement_id and p.kind = 'hosting' and p.subject_id = @Id and t.status = 'failed';

            update provisioning_tasks t set server_id = null, available_at = least(t.available_at, now()), attempts_spent = 0, updated_at = now()
            from placements p where p.id = t.placement_id and p.kind = 'hosting' and p.subject_id = @Id and t.status = 'pending';

            with goal as (
                select id, null::bigint as server_id from placements where kind = 'hosting' and subject_id = @Id and role = 'serving'
            )
            insert into provisioning_tasks (subject_kind, subject_id, type, action, domain, website_id, placement_id, server_role, server_tags,
                priority, payload, correlation_id)
            select 'website', w.id, 'hosting', 'apply', w.domain, w.id, goal.id, product.server_role, product.server_tags, {PlacementTask.InTurn}, '{"{}"}',
                @correlationId
            from goal join websites w on w.id = @Id join products product on product.code = w.plan
            on conflict (placement_id) where status = 'pending' do nothing;
            """,
            new { site.Id, correlationId },
            transaction
        );

    /// <summary>Nothing of it can be had back: its names are free at once.</summary>
    private static Task<int> Remove(NpgsqlTransaction transaction, Found site) =>
        transaction.Connection!.ExecuteAsync(
            """
            update websites
            set status = 'removed', removed_at = now(), content_lost_at = coalesce(content_lost_at, now()), archived_as = null,
                archive_bytes = null, archive_sha256 = null, updated_at = now()
            where id = @Id;

            update placements set desired = 'absent', applied_revision = revision, condition = 'unknown', condition_code = null,
                condition_text = null, condition_at = now(), updated_at = now()
            where kind = 'hosting' and subject_id = @Id and role = 'serving';

            update provisioning_tasks t
            set status = 'cancelled', finished_at = coalesce(t.finished_at, now()), updated_at = now()
            from placements p
            where p.id = t.placement_id and p.kind = 'hosting' and p.subject_id = @Id and t.status in ('pending', 'failed');
            """,
            site,
            transaction
        );
}
