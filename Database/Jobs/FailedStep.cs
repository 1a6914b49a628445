using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class FailedStep
{
    /// <summary>The failed step that an engine's job stands for: the given one, or a later one of its chain. Null when none is failed.</summary>
    public static Task<long?> Of(NpgsqlConnection db, long stepId, string engineReference, NpgsqlTransaction transaction) =>
        db.QuerySingleOrDefaultAsync<long?>(
            """
            select s.id from job_steps first join job_steps s on s.chain_id = first.chain_id
            where first.id = @stepId and s.state = 'failed' and (s.id = @stepId or s.engine_reference = @engineReference)
            order by s.position desc
            limit 1
            """,
            new { stepId, engineReference },
            transaction
        );
}
