using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>A piece of background work, as lists show it.</summary>
/// <param name="State">See <see cref="JobState"/>.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Spent">Attempts at the step it stands at.</param>
/// <param name="Code">Why the last attempt failed, until its step is done; null where none did, as is the reason.</param>
/// <param name="Payload">JSON.</param>
public sealed record JobRow(
    long Id,
    string Kind,
    string SubjectKind,
    long SubjectId,
    string Title,
    string Payload,
    string State,
    int Step,
    int Spent,
    DateTimeOffset DueAt,
    string? Code,
    string? Reason,
    string CorrelationId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? DoneAt,
    string SortKey = ""
) : IListRow;

/// <param name="State">Null for all, as are the others.</param>
/// <param name="Reference">Of the order it is about.</param>
public sealed record JobListFilter(string? State = null, string? Kind = null, string? Reference = null);

public static class JobList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "o.id", "bigint")];

    private const string Matching = """
        from outbox o
        where (@State::text is null or o.state = @State)
          and (@Kind::text is null or o.kind = @Kind)
          and (@Reference::text is null or o.key = 'order:' || (select i.id from order_intakes i where i.reference = @Reference))
        """;

    public static Task<Slice<JobRow>> Read(NpgsqlConnection db, JobListFilter filter, SliceRequest slice) =>
        slice.Read<JobRow>(
            db,
            "o.id",
            $$"""
            select o.id, o.kind, o.subject_kind, o.subject_id, o.title, o.payload::text as payload, o.state, o.step::int as step, o.spent, o.due_at, o.code, o.reason,
                o.correlation_id, o.created_at, o.updated_at, o.done_at, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, JobListFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);

    /// <summary>Null when there is none: it was never committed, or deleted long after it was over.</summary>
    public static Task<JobRow?> One(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<JobRow>(
            """
            select o.id, o.kind, o.subject_kind, o.subject_id, o.title, o.payload::text as payload, o.state, o.step::int as step, o.spent, o.due_at, o.code, o.reason,
                o.correlation_id, o.created_at, o.updated_at, o.done_at, '' as sort_key
            from outbox o where o.id = @id
            """,
            new { id }
        );

    /// <summary>Hangfire's id of the job that stands for it; null where there is none.</summary>
    public static Task<long?> HangfireJob(NpgsqlConnection db, long id) =>
        db.ExecuteScalarAsync<long?>(
            "select o.hangfire_id from outbox o join hangfire.job j on j.id = o.hangfire_id where o.id = @id",
            new { id }
        );
}
