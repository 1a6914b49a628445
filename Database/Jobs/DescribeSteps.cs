using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>A step with what an engine's dashboard says of it.</summary>
/// <param name="EngineReference">The engine's own id of the job that last ran it and did not finish it; null when there was none.</param>
/// <param name="Payload">JSON.</param>
public sealed record DescribedStep(
    long Id,
    string Kind,
    string State,
    string ChainKind,
    string Subject,
    string CorrelationId,
    string Payload,
    string? EngineReference
);

public static class DescribeSteps
{
    /// <summary>Those of the steps that exist, in no particular order.</summary>
    public static Task<IEnumerable<DescribedStep>> Run(NpgsqlConnection db, long[] stepIds, CancellationToken cancellationToken) =>
        db.QueryAsync<DescribedStep>(
            new CommandDefinition(
                """
                select s.id, s.kind, s.state, c.kind as chain_kind, c.subject, c.correlation_id, s.payload::text as payload, s.engine_reference
                from job_steps s join job_chains c on c.id = s.chain_id
                where s.id = any(@stepIds)
                """,
                new { stepIds },
                cancellationToken: cancellationToken
            )
        );
}
