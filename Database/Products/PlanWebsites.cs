using Dapper;
using Npgsql;

namespace MPanel.Database.Products;

/// <summary>A website whose specification has other limits than its plan, locked.</summary>
/// <param name="ServerRole">Of the servers that may have it.</param>
public sealed record OutdatedWebsite(long Id, string ServerRole, string[] ServerTags);

/// <summary>Websites of a plan that are to hear of its limits. What its server has a later state of waits for a person.</summary>
public static class PlanWebsites
{
    private const string Outdated = """
        from products p join websites w on w.plan = p.code and w.status <> 'removed'
        join placements g on g.kind = 'hosting' and g.subject_id = w.id and g.role = 'serving'
        where p.code = @plan and g.desired = 'present' and g.condition <> 'ahead' and g.spec -> 'limits' <> jsonb_build_object(
            'diskMb', p.disk_mb, 'inodes', p.inodes, 'uploadMb', p.upload_mb, 'phpWorkers', p.php_workers, 'phpMemoryMb', p.php_memory_mb,
            'trafficGb', p.traffic_gb, 'cronJobs', p.cron_jobs
        )
        """;

    /// <summary>The next ones by id. Those that somebody else changes at this moment are left out.</summary>
    public static async Task<IReadOnlyList<OutdatedWebsite>> Next(NpgsqlTransaction transaction, string plan, long after, int batch) =>
        (
            await transaction.Connection!.QueryAsync<OutdatedWebsite>(
                $"""
                select w.id, p.server_role, p.server_tags
                {Outdated} and w.id > @after
                order by w.id
                limit @batch
                for no key update of w skip locked
                """,
                new
                {
                    plan,
                    after,
                    batch,
                },
                transaction
            )
        ).AsList();

    public static Task<bool> Any(NpgsqlConnection db, string plan) =>
        db.ExecuteScalarAsync<bool>($"select exists (select {Outdated})", new { plan });
}
