using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>The last time a recurring job ran.</summary>
/// <param name="State">Of its step.</param>
/// <param name="FinishedAt">Null while it runs.</param>
public sealed record LastRun(
    long StepId,
    string Kind,
    string State,
    string? LastError,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt
)
{
    /// <summary>At most one of each kind: what the ledger still remembers.</summary>
    public static Task<IEnumerable<LastRun>> Of(NpgsqlConnection db, string[] kinds) =>
        db.QueryAsync<LastRun>(
            """
            select s.id as step_id, k.kind, s.state, s.last_error, c.created_at as started_at, s.finished_at
            from unnest(@kinds) as k (kind)
            cross join lateral (select id, created_at from job_chains where kind = k.kind order by id desc limit 1) c
            join job_steps s on s.chain_id = c.id and s.kind = k.kind
            """,
            new { kinds }
        );
}
