using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>A provisioning task or a job step that failed, and waits for a person.</summary>
/// <param name="Id">Of its place in this list, see <see cref="WorkId"/>.</param>
/// <param name="What"><c>task</c> or <c>job</c>.</param>
/// <param name="Kind">The task's type, or the step's kind.</param>
/// <param name="Subject">The task's domain, or what the job is about.</param>
/// <param name="Verdict">For a job: <c>review</c> or <c>given_up</c>; null for a task.</param>
/// <param name="OrderReference">Null for a job of no order.</param>
/// <param name="Server">For a task that had one.</param>
public sealed record FailedWorkRow(
    long Id,
    string What,
    long WorkId,
    string Kind,
    string Subject,
    string? Verdict,
    string? OrderReference,
    string? Server,
    int Attempts,
    string? ErrorCode,
    string? Error,
    DateTimeOffset FailedAt,
    string SortKey
) : IListRow;

/// <param name="Tasks">Provisioning tasks are wanted.</param>
/// <param name="Jobs">Job steps are wanted.</param>
/// <param name="Verdict">For jobs: <c>review</c> or <c>given_up</c>; null for both.</param>
/// <param name="Like">Pattern for the domain or subject; null for all.</param>
/// <param name="Code">Error code; null for all.</param>
public sealed record FailedWorkFilter(bool Tasks, bool Jobs, string? Verdict = null, string? Like = null, string? Code = null);

/// <summary>Everything that failed for good, in one list: what agents could not provision and what the panel's own jobs gave up.</summary>
public static class FailedWork
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("failed", "f.failed_at", "timestamptz")];

    private const string Tasks = """
        from (
            select t.id * 2 as id, t.id as work_id, t.type as kind, t.domain as subject, t.order_id, t.server_id, t.attempt as attempts,
                   t.last_error_code as error_code, t.last_error as error, t.finished_at as failed_at
            from provisioning_tasks t where t.status = 'failed'
        ) f
        where @Tasks and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.error_code = @Code)
        """;

    private const string Jobs = """
        from (
            select s.id * 2 + 1 as id, s.id as work_id, s.kind, c.subject, c.kind as chain_kind, s.verdict, s.attempt as attempts,
                   s.last_error_code as error_code, s.last_error as error, s.finished_at as failed_at
            from job_steps s join job_chains c on c.id = s.chain_id where s.state = 'failed'
        ) f
        where @Jobs and (@Like::text is null or f.subject ilike @Like) and (@Code::text is null or f.error_code = @Code)
          and (@Verdict::text is null or f.verdict = @Verdict)
        """;

    /// <summary>Each half is cut to the slice by its own index before the two are merged.</summary>
    public static Task<Slice<FailedWorkRow>> Read(NpgsqlConnection db, FailedWorkFilter filter, SliceRequest slice) =>
        slice.Read<FailedWorkRow>(
            db,
            "f.id",
            $$"""
            with tasks as (
                select f.* {{Tasks}} and {after} order by {order} limit @limit
            ), jobs as (
                select f.* {{Jobs}} and {after} order by {order} limit @limit
            ), both_kinds as (
                select t.id, 'task' as what, t.work_id, t.kind, t.subject, null as verdict, o.reference as order_reference, s.name as server,
                       t.attempts, t.error_code, t.error, t.failed_at
                from tasks t join orders o on o.id = t.order_id left join servers s on s.id = t.server_id
                union all
                select j.id, 'job', j.work_id, j.kind, j.subject, j.verdict, case j.chain_kind when 'order' then j.subject end, null,
                       j.attempts, j.error_code, j.error, j.failed_at
                from jobs j
            )
            select f.*, ({sort})::text as sort_key from both_kinds f order by {order} limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, FailedWorkFilter filter) =>
        ListTotal.Of(
            db,
            $"select count(*) from ((select 1 {Tasks} limit @bound) union all (select 1 {Jobs} limit @bound)) counted",
            filter
        );
}
