using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>A step as the Jobs pages show it.</summary>
/// <param name="State">waiting, due, running, done, failed or cancelled.</param>
/// <param name="Verdict">review or given_up when failed, else null.</param>
/// <param name="LastErrorCode">Of the last attempt that failed, until the step is done.</param>
/// <param name="Payload">JSON.</param>
public sealed record JobRow(
    long Id,
    long ChainId,
    string ChainKind,
    string Subject,
    string CorrelationId,
    int Position,
    string Kind,
    string Payload,
    string State,
    string? Verdict,
    int Attempt,
    DateTimeOffset RunAt,
    DateTimeOffset? LeaseExpiresAt,
    string? LastErrorCode,
    string? LastError,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt
);

/// <param name="State">Null for all.</param>
/// <param name="Search">Part of the subject, or the whole of a kind, chain kind or correlation id. Null for all.</param>
/// <param name="Before">The last id of the page before; null for the first page.</param>
public sealed record StepFilter(string? State = null, string? Search = null, long? Before = null, int Limit = 50);

public static class ListSteps
{
    /// <summary>Newest first. The next page starts before the last id of this one, so that rows leaving the list don't shift it.</summary>
    public static async Task<IReadOnlyList<JobRow>> Run(NpgsqlConnection db, StepFilter filter) =>
        [
            .. await db.QueryAsync<JobRow>(
                """
                select s.id, s.chain_id, c.kind as chain_kind, c.subject, c.correlation_id, s.position, s.kind,
                    s.payload::text as payload, s.state, s.verdict, s.attempt, s.run_at, s.lease_expires_at, s.last_error_code,
                    s.last_error, s.created_at, s.updated_at, s.finished_at
                from job_steps s join job_chains c on c.id = s.chain_id
                where (@State::text is null or s.state = @State)
                  and (@Before::bigint is null or s.id < @Before)
                  and (@Search::text is null or position(lower(@Search) in lower(c.subject)) > 0
                       or s.kind = @Search or c.kind = @Search or c.correlation_id = @Search)
                order by s.id desc
                limit @Limit
                """,
                filter
            ),
        ];
}
