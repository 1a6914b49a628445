using Dapper;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>A task whose job on Hangfire's dashboard was written.</summary>
/// <param name="State">The name of the state that the job shows now.</param>
/// <param name="Mended">The task hadn't changed: its job was lost, or showed something else.</param>
public sealed record ShownTask(long Id, string State, bool Mended);

/// <summary>
/// Makes Hangfire's dashboard show provisioning tasks: each has a job there, its twin, in a state that no worker fetches. One statement
/// writes what is stale, jobs, states and what the twins show, so that nothing can be half done.
/// </summary>
public static class ShowTasks
{
    /// <summary>Twins that one statement makes at most; it changes at most as many.</summary>
    public const int Batch = 500;

    // A task may be committed after others with higher numbers were shown.
    private const int Late = 1000;

    /// <summary>Of a task t on a server s.</summary>
    private const string StateName = """
        case t.status
            when 'pending' then 'Waiting for ' || coalesce(s.name, 'a server')
            when 'in_progress' then 'Processing' when 'success' then 'Succeeded' when 'failed' then 'Failed' else 'Deleted'
        end
        """;

    /// <summary>How Hangfire writes a time.</summary>
    private const string Moment = """'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"'""";

    /// <summary>
    /// Shows tasks that have no twin, or one that shows something else than they are; oldest first. Of those that were over before
    /// anybody looked, only the ones of the last day: the rest is history. Locks twins and never a task, because claims pass over tasks
    /// that are locked.
    /// </summary>
    /// <param name="invocation">The twins' invocation data as Hangfire writes it, JSON; their arguments are put in here.</param>
    /// <param name="look">How far it looks.</param>
    /// <param name="taskId">The only task to look at; null for all.</param>
    public static Task<IEnumerable<ShownTask>> Run(
        NpgsqlConnection db,
        string invocation,
        TwinLook look,
        long? taskId = null,
        CancellationToken cancellationToken = default
    ) =>
        db.QueryAsync<ShownTask>(
            new CommandDefinition(
                $"""
                with made as (
                    insert into task_twins (task_id, hangfire_id, shown_status, shown_attempt, shown_server_id)
                    select t.id, nextval('hangfire.job_id_seq'), t.status, t.attempt, t.server_id
                    from (
                        -- With an order and a limit it begins near the newest twin, however long the table is.
                        (select n.id from provisioning_tasks n
                         where n.id > (select coalesce(max(task_id), 0) - @Late from task_twins)
                           and coalesce(n.finished_at, now()) > now() - interval '1 day'
                           -- A scalar subquery on purpose: a look-up for each, where an anti-join may read all twins.
                           and (select w.task_id from task_twins w where w.task_id = n.id) is null
                         order by n.id limit @Batch)
                        union select id from provisioning_tasks where @all and status = 'pending'
                        union select id from provisioning_tasks where @all and status = 'in_progress'
                        union select id from provisioning_tasks where @all and status = 'failed'
                    ) as candidate
                    join provisioning_tasks t on t.id = candidate.id
                    where (@taskId is null or candidate.id = @taskId)
                      and not exists (select from task_twins w where w.task_id = candidate.id)
                    order by t.id
                    limit @Batch
                    on conflict (task_id) do nothing
                    returning task_id, hangfire_id
                ), held as (
                    select w.task_id, w.shown_status, w.shown_attempt,
                        -- Null when the job is lost. Where Hangfire's tables were made anew, its number may be another's by now.
                        (select j.id from hangfire.job j where j.id = w.hangfire_id and j.arguments ->> 0 = w.task_id::text) as job,
                        (w.shown_status, w.shown_attempt, w.shown_server_id)
                            is not distinct from (t.status, t.attempt, t.server_id) as mended
                    from task_twins w join provisioning_tasks t on t.id = w.task_id left join servers s on s.id = t.server_id
                    where @changed and (@taskId is null or w.task_id = @taskId)
                      -- What succeeded stays so.
                      and w.shown_status <> 'success'
                      and ((w.shown_status, w.shown_attempt, w.shown_server_id) is distinct from (t.status, t.attempt, t.server_id)
                           or @all and not exists (
                               select from hangfire.job j
                               where j.id = w.hangfire_id and j.arguments ->> 0 = w.task_id::text and j.statename = {StateName}
                           ))
                    order by w.task_id
                    limit @Batch
                    for update of w
                ), task as (
                    select t.id, t.status, t.attempt, t.server_id, twin.was, twin.was_attempt, twin.mended,
                        {StateName} as name, state.reason, state.data,
                        coalesce(twin.job, nextval('hangfire.job_id_seq')) as job, nextval('hangfire.state_id_seq') as state_id,
                        jsonb_build_array(
                            t.id::text,
                            to_json(concat(case t.action when 'apply' then 'Set up' else initcap(t.action) end, ' ', t.type, ' of ', t.domain, ' (' || o.reference || ')'))::text
                        ) as arguments,
                        case when t.status in ('success', 'cancelled') then now() + interval '1 day' end as expireat
                    from (
                        select task_id, hangfire_id as job, null as was, null::integer as was_attempt, false as mended from made
                        union all select task_id, job, shown_status, shown_attempt, mended from held
                    ) as twin
                    join provisioning_tasks t on t.id = twin.task_id
                    left join orders o on o.id = t.order_id
                    left join servers s on s.id = t.server_id
                    left join task_attempts a on a.task_id = t.id and a.attempt = t.attempt
                    cross join lateral (
                        select
                            case when s.id is null then 'No server has room for it yet'
                                when t.attempt = 0 then concat('The agent of ', s.name, ' claims it')
                                else concat('Attempt ', t.attempt, ' ended with ', t.last_error_code, ': ', t.last_error) end,
                            jsonb_build_object('Server', coalesce(s.name, ''), 'Attempts so far', t.attempt::text,
                                'Not before', to_char(t.available_at at time zone 'utc', {Moment}))
                        where t.status = 'pending'
                        union all
                        select 'Claimed by ' || s.name,
                            jsonb_build_object('StartedAt', to_char(coalesce(a.started_at, t.updated_at) at time zone 'utc', {Moment}),
                                'ServerId', s.name, 'WorkerId', concat('attempt ', t.attempt))
                        where t.status = 'in_progress'
                        union all
                        select concat('Done by ', s.name),
                            jsonb_build_object('SucceededAt', to_char(t.finished_at at time zone 'utc', {Moment}),
                                'Latency', greatest(0, extract(epoch from a.started_at - t.available_at) * 1000)::bigint::text,
                                'PerformanceDuration', greatest(0, extract(epoch from t.finished_at - a.started_at) * 1000)::bigint::text,
                                'Result', to_json(concat('Done by ', s.name))::text)
                        where t.status = 'success'
                        union all
                        select concat('Failed on ', s.name, ' in attempt ', t.attempt),
                            jsonb_build_object('FailedAt', to_char(t.finished_at at time zone 'utc', {Moment}), 'ServerId', s.name,
                                'ExceptionType', 'TaskFailed', 'ExceptionMessage', concat(t.last_error_code, ': ', t.last_error),
                                'ExceptionDetails', concat('TaskFailed: ', t.last_error_code, ': ', t.last_error))
                        where t.status = 'failed'
                        union all
                        select 'The task is cancelled',
                            jsonb_build_object('DeletedAt', to_char(t.finished_at at time zone 'utc', {Moment}))
                        where t.status = 'cancelled'
                    ) as state (reason, data)
                ), job as (
                    insert into hangfire.job (id, stateid, statename, invocationdata, arguments, createdat, expireat)
                    select job, state_id, name, @invocation::jsonb || jsonb_build_object('Arguments', arguments::text), arguments,
                        now(), expireat
                    from task
                    on conflict (id) do update
                    set stateid = excluded.stateid, statename = excluded.statename, expireat = excluded.expireat
                ), state as (
                    insert into hangfire.state (id, jobid, name, reason, createdat, data)
                    select state_id, job, name, reason, now(), data from task
                ), shown as (
                    -- Those made above show it already.
                    update task_twins w
                    set hangfire_id = task.job, shown_status = task.status, shown_attempt = task.attempt,
                        shown_server_id = task.server_id, updated_at = now()
                    from task where w.task_id = task.id
                ), job_counts as (
                    select kind, count(*) filter (where task.status = ended.status) as entered,
                        count(*) filter (where task.was = ended.status) as gone
                    from task
                    cross join (values ('success', 'succeeded'), ('failed', 'failed'), ('cancelled', 'deleted')) as ended (status, kind)
                    where (task.was, task.was_attempt) is distinct from (task.status, task.attempt)
                    group by kind
                ), counted as (
                    {CountJobs.Counted}
                )
                select id, name as state, mended from task order by id
                """,
                new
                {
                    invocation,
                    taskId,
                    changed = look >= TwinLook.Changes,
                    all = look == TwinLook.Everything,
                    Batch,
                    Late,
                },
                cancellationToken: cancellationToken
            )
        );
}
