using Dapper;
using MPanel.Database.Lists;
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
    DateTimeOffset? FinishedAt,
    string SortKey = ""
) : IListRow;

/// <param name="State">One of the ledger's states, or <c>enqueued</c> (due now) or <c>scheduled</c> (due later); null for all.</param>
/// <param name="Like">Pattern for the subject; null for all.</param>
/// <param name="Q">Found too: what has this correlation id.</param>
/// <param name="Kind">Of the step; null for all.</param>
/// <param name="ChainKind">Null for all.</param>
public sealed record StepFilter(string? State = null, string? Like = null, string? Q = null, string? Kind = null, string? ChainKind = null);

public static class ListSteps
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "s.id", "bigint")];

    /// <summary>
    /// What waits is found by way of the step its chain stands at: those are few and have indexes, and to keep one for all that waits
    /// would cost every order.
    /// </summary>
    private const string Matching = """
        from job_steps s join job_chains c on c.id = s.chain_id
        where (@State::text is null
               or case @State when 'enqueued' then s.state = 'due' and s.run_at <= now()
                              when 'scheduled' then s.state = 'due' and s.run_at > now()
                              else s.state = @State end)
          and (@State::text is distinct from 'waiting' or s.chain_id = any (array(
                select h.chain_id from job_steps h where h.state = 'due'
                union all select h.chain_id from job_steps h where h.state = 'running'
                union all select h.chain_id from job_steps h where h.state = 'failed')))
          and (@Kind::text is null or s.kind = @Kind)
          and (@ChainKind::text is null or c.kind = @ChainKind)
          and (@Like::text is null or c.subject ilike @Like or c.correlation_id = @Q)
        """;

    public static Task<Slice<JobRow>> Read(NpgsqlConnection db, StepFilter filter, SliceRequest slice) =>
        slice.Read<JobRow>(
            db,
            "s.id",
            $$"""
            select s.id, s.chain_id, c.kind as chain_kind, c.subject, c.correlation_id, s.position, s.kind,
                s.payload::text as payload, s.state, s.verdict, s.attempt, s.run_at, s.lease_expires_at, s.last_error_code,
                s.last_error, s.created_at, s.updated_at, s.finished_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, StepFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);
}
