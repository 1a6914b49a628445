using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class ChainSteps
{
    /// <summary>All steps of a chain in the order they run; empty when there is no such chain.</summary>
    public static async Task<IReadOnlyList<JobRow>> Run(NpgsqlConnection db, long chainId) =>
        [
            .. await db.QueryAsync<JobRow>(
                """
                select s.id, s.chain_id, c.kind as chain_kind, c.subject, c.correlation_id, s.position, s.kind,
                    s.payload::text as payload, s.state, s.verdict, s.attempt, s.run_at, s.lease_expires_at, s.last_error_code,
                    s.last_error, s.created_at, s.updated_at, s.finished_at, '' as sort_key
                from job_steps s join job_chains c on c.id = s.chain_id
                where s.chain_id = @chainId
                order by s.position
                """,
                new { chainId }
            ),
        ];

    /// <summary>The same, found by one of its steps.</summary>
    public static async Task<IReadOnlyList<JobRow>> OfStep(NpgsqlConnection db, long stepId) =>
        [
            .. await db.QueryAsync<JobRow>(
                """
                select s.id, s.chain_id, c.kind as chain_kind, c.subject, c.correlation_id, s.position, s.kind,
                    s.payload::text as payload, s.state, s.verdict, s.attempt, s.run_at, s.lease_expires_at, s.last_error_code,
                    s.last_error, s.created_at, s.updated_at, s.finished_at, '' as sort_key
                from job_steps s join job_chains c on c.id = s.chain_id
                where s.chain_id = (select chain_id from job_steps where id = @stepId)
                order by s.position
                """,
                new { stepId }
            ),
        ];
}
