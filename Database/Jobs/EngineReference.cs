using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class EngineReference
{
    /// <summary>
    /// Remembers which of the engine's jobs stands for a step that is not done, so that its next attempt is the same job on the
    /// engine's dashboard. A step that was done at once never needs it.
    /// </summary>
    public static Task Set(NpgsqlConnection db, long stepId, string reference) =>
        db.ExecuteAsync("update job_steps set engine_reference = @reference where id = @stepId", new { stepId, reference });

    /// <summary>Null for a step that was done at once, or that is not there.</summary>
    public static Task<string?> Find(NpgsqlConnection db, long stepId) =>
        db.ExecuteScalarAsync<string?>("select engine_reference from job_steps where id = @stepId", new { stepId });
}
