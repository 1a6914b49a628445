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

    /// <summary>Nothing of it ever stood: its names are free at once.</summary>
    public static Task Forget(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync(
            """
            with gone as (
                update websites set status = 'removed', removed_at = now(), updated_at = now() where id = @id
                returning server_id
            )
            update servers s set website_count = s.website_count - 1, updated_at = now()
            from gone where s.id = gone.server_id and s.website_count > 0
            """,
            new { id },
            transaction
        );

    /// <summary>It is as it was before it was to be removed.</summary>
    public static Task Restore(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync(
            """
            update websites
            set remove_after = null, updated_at = now(),
                status = case when activated_at is null then 'pending' when suspended_for <> '{}' then 'suspended' else 'active' end
            where id = @id
            """,
            new { id },
            transaction
        );

    /// <summary>The grace is over at once.</summary>
    public static Task EndGrace(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync(
            "update websites set remove_after = now(), updated_at = now() where id = @id",
            new { id },
            transaction
        );

    /// <summary>Waiting work for it; cancelled when it is forgotten.</summary>
    public static async Task<IReadOnlyList<long>> OpenTasks(NpgsqlTransaction transaction, long id) =>
        (
            await transaction.Connection!.QueryAsync<long>(
                "select id from provisioning_tasks where website_id = @id and status in ('pending', 'in_progress', 'failed') order by id desc",
                new { id },
                transaction
            )
        ).AsList();
}
