using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <summary>Changes of a website's row, which is locked: its node hears of them by <see cref="Provisioning.BringWebsite"/>.</summary>
public static class ChangeWebsite
{
    /// <param name="reasons">All that hold from now on; the status follows from them.</param>
    public static Task SuspendFor(NpgsqlTransaction transaction, long id, IReadOnlyCollection<string> reasons) =>
        transaction.Connection!.ExecuteAsync(
            """
            update websites
            set suspended_for = @reasons, updated_at = now(),
                status = case
                    when status = 'active' and @reasons <> '{}' then 'suspended'
                    when status = 'suspended' and @reasons = '{}' then 'active'
                    else status
                end
            where id = @id
            """,
            new { id, reasons = reasons.ToArray() },
            transaction
        );

    /// <returns>When it is erased.</returns>
    public static Task<DateTimeOffset> Remove(NpgsqlTransaction transaction, long id, TimeSpan grace) =>
        transaction.Connection!.QuerySingleAsync<DateTimeOffset>(
            """
            update websites set status = 'removing', remove_after = now() + @grace, updated_at = now() where id = @id
            returning remove_after
            """,
            new { id, grace },
            transaction
        );

    /// <summary>Nothing of it ever stood: its names are free at once, and nothing is to be brought about.</summary>
    public static Task Forget(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync(
            """
            with gone as (
                update websites set status = 'removed', removed_at = now(), updated_at = now() where id = @id
                returning id, server_id
            ), placement as (
                update placements p set desired = 'absent', applied_revision = p.revision, updated_at = now()
                from gone where p.kind = 'hosting' and p.subject_id = gone.id and p.role = 'serving'
            )
            update servers s set website_count = s.website_count - 1, updated_at = now()
            from gone where s.id = gone.server_id and s.website_count > 0
            """,
            new { id },
            transaction
        );

    /// <summary>
    /// It is as it was before it was to be removed. Where its server was to erase it and could not, that is over; an archive that may be harmed
    /// counts no more.
    /// </summary>
    public static Task Restore(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync(
            """
            with present as (
                update placements p set desired = 'present', revision = p.revision + 1, updated_at = now()
                where p.kind = 'hosting' and p.subject_id = @id and p.role = 'serving' and p.desired = 'absent'
                returning p.id
            )
            update websites
            set remove_after = null, updated_at = now(),
                archived_as = case when exists (select from present) then null else archived_as end,
                status = case when activated_at is null then 'pending' when suspended_for <> '{}' then 'suspended' else 'active' end
            where id = @id
            """,
            new { id },
            transaction
        );

    /// <summary>
    /// What this panel has of it now is the next revision after its server's; beyond whatever that may have, where it has not said it. Whoever
    /// changes the website besides has done so before.
    /// </summary>
    public static Task Overtake(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync(
            """
            with said as (
                delete from kept_specs k using placements p
                where k.placement_id = p.id and p.kind = 'hosting' and p.subject_id = @id and p.role = 'serving'
                returning k.placement_id, case when k.server_id = p.server_id then k.revision end as revision
            )
            update placements p
            set revision = greatest(p.revision + case when said.revision is null then 1000 else 1 end, said.revision + 1),
                spec = website_spec(@id), condition = 'unknown', condition_code = null, condition_text = null, condition_at = now(),
                updated_at = now()
            from (select @id as id) site left join said on true
            where p.kind = 'hosting' and p.subject_id = site.id and p.role = 'serving' and p.condition = 'ahead'
            """,
            new { id },
            transaction
        );

    /// <summary>A website whose hosting ended in part has the limits of the highest plan that goes on.</summary>
    public static Task LeavePlan(NpgsqlTransaction transaction, long websiteId) =>
        transaction.Connection!.ExecuteAsync(
            """
            update websites w set plan = next.code, updated_at = now()
            from (
                select p.code from subscriptions s join products p on p.id = s.product_id and p.provisions = 'hosting'
                where s.website_id = @websiteId and s.status <> 'cancelled'
                order by p.rank desc, s.id desc
                limit 1
            ) next
            where w.id = @websiteId and w.plan <> next.code
            """,
            new { websiteId },
            transaction
        );

    /// <summary>The grace is over at once.</summary>
    public static Task EndGrace(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync(
            "update websites set remove_after = now(), updated_at = now() where id = @id",
            new { id },
            transaction
        );

    /// <summary>Its files are back where it stands.</summary>
    /// <returns>False when they were not lost, or it stands nowhere yet.</returns>
    public static async Task<bool> ContentIsBack(NpgsqlTransaction transaction, long id) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update websites w set content_lost_at = null, updated_at = now()
            from placements p
            where w.id = @id and w.content_lost_at is not null and w.status <> 'removed' and w.server_id is not null
              and p.kind = 'hosting' and p.subject_id = w.id and p.role = 'serving' and p.applied_revision > 0
            """,
            new { id },
            transaction
        ) == 1;

    /// <summary>What is to be done for it, locked: no claim takes it from here on.</summary>
    public static async Task<IReadOnlyList<OpenSiteTask>> OpenTasks(NpgsqlTransaction transaction, LockedWebsite site) =>
        (
            await transaction.Connection!.QueryAsync<OpenSiteTask>(
                """
                select t.id, t.attempt from provisioning_tasks t
                where t.status in ('pending', 'in_progress', 'failed') and t.website_id = @Id and t.domain = @Domain
                order by t.id desc
                for update
                """,
                new { site.Id, site.Domain },
                transaction
            )
        ).AsList();
}

/// <param name="Attempt">0 while nothing of it was begun.</param>
public sealed record OpenSiteTask(long Id, int Attempt);
