using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>A step's job that Hangfire shows as failed, while the step itself is not.</summary>
public sealed record EstrangedStep(string EngineReference, long StepId, string State);

public static class EstrangedSteps
{
    /// <summary>
    /// Steps that were cancelled, or went on in another job. Reads Hangfire's own table, so only where Hangfire is the engine. Those that
    /// are due or running are left alone: their end says what the job is to show.
    /// </summary>
    /// <param name="jobType">Of step jobs, as Hangfire writes it. Their first argument is a step of the chain they run.</param>
    public static Task<IEnumerable<EstrangedStep>> Run(NpgsqlConnection db, string jobType, int limit) =>
        db.QueryAsync<EstrangedStep>(
            """
            with failed as (
                select id, case when arguments ->> 0 ~ '^[0-9]+$' then (arguments ->> 0)::bigint end as step_id
                from hangfire.job
                where statename = 'Failed' and starts_with(invocationdata ->> 'Type', @jobType)
            )
            select failed.id::text as engine_reference, s.id as step_id, s.state
            from failed
            join job_steps first on first.id = failed.step_id
            join job_steps s on s.chain_id = first.chain_id and s.engine_reference = failed.id::text
            where s.state in ('done', 'cancelled', 'waiting')
            limit @limit
            """,
            new { jobType, limit }
        );
}
