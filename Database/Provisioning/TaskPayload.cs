using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>What a task's own page shows beside its facts.</summary>
/// <param name="Payload">JSON.</param>
/// <param name="WebsiteStatus">Of the live website of its domain; null when there is none.</param>
/// <param name="DependsOn">Id of the task that must succeed first; null when it waits for none.</param>
public sealed record TaskPayload(string Payload, string[] ServerTags, long? DependsOn, string? WebsiteStatus)
{
    public static Task<TaskPayload?> Of(NpgsqlConnection db, long taskId) =>
        db.QuerySingleOrDefaultAsync<TaskPayload>(
            """
            select t.payload::text as payload, t.server_tags, t.depends_on, w.status as website_status
            from provisioning_tasks t left join hostnames h on h.name = t.domain left join websites w on w.id = h.website_id
            where t.id = @taskId
            """,
            new { taskId }
        );
}
