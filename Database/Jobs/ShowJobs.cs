using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>How jobs are written for Hangfire; the same for all of a process.</summary>
/// <param name="Invocation">JSON as Hangfire writes it, without the arguments.</param>
/// <param name="Titles">JSON: for each kind of job the titles of its steps, in order.</param>
/// <param name="Server">This process, in Hangfire's list of servers.</param>
public sealed record JobFace(string Invocation, string Titles, string Server)
{
    /// <summary>Hangfire's queue of these jobs. No worker of Hangfire's serves it.</summary>
    public const string Queue = "outbox";

    /// <summary>E-mail has a queue and workers of its own: however much of it there is, and however slow the mail server, orders don't wait.</summary>
    public const string MailQueue = "mail";

    public static readonly IReadOnlyList<string> Queues = [Queue, MailQueue];

    /// <summary>JSON: the queue of each kind of job that is not in the common one.</summary>
    public string Lanes { get; init; } = "{}";
}

/// <summary>
/// Makes Hangfire show what rows of the outbox are, in the transaction that changed them: the job, its state, its place in the queue or
/// among the scheduled ones. The columns and their texts are those that Hangfire itself writes; a test compares them.
/// </summary>
public static class ShowJobs
{
    /// <summary>Parameters: <c>ids</c>, those of <see cref="JobFace"/> and its lanes, and <c>note</c> to replace the reason shown, or null.</summary>
    internal const string Sql = $"""
        with job as materialized (
            select o.hangfire_id as id, coalesce(@Lanes::jsonb ->> o.kind, 'outbox') as queue, nextval('hangfire.state_id_seq') as state_id, o.reason, o.code, o.due_at, o.spent, o.took, o.step,
                case
                    when o.state = 'running' then 'Processing'
                    when o.state = 'stopped' then 'Failed'
                    when o.state = 'done' then 'Succeeded'
                    when o.state = 'cancelled' then 'Deleted'
                    when o.state = 'waiting' and o.due_at > now() then 'Scheduled'
                    else 'Enqueued'
                end as state,
                jsonb_build_array(
                    o.id::text,
                    to_jsonb(
                        coalesce(@Titles::jsonb -> o.kind ->> least(o.step, jsonb_array_length(@Titles::jsonb -> o.kind) - 1), o.kind)
                            || ' for ' || o.title
                    )::text
                ) as arguments,
                to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"') as at
            from outbox o
            where o.id = any(@ids) and o.hangfire_id is not null
        ), written as (
            insert into hangfire.job as j (id, stateid, statename, invocationdata, arguments, createdat, expireat)
            select id, state_id, state, @Invocation::jsonb || jsonb_build_object('Arguments', arguments::text), arguments, now(),
                case when state in ('Succeeded', 'Deleted') then now() + interval '1 day' end
            from job
            on conflict (id) do update
            set stateid = excluded.stateid, statename = excluded.statename, invocationdata = excluded.invocationdata,
                arguments = excluded.arguments, expireat = excluded.expireat
        ), stated as (
            insert into hangfire.state (id, jobid, name, reason, createdat, data)
            select state_id, id, state,
                coalesce(@note, case state
                    when 'Scheduled' then 'Attempt ' || spent || ' failed: ' || code || ': ' || reason
                    when 'Failed' then 'It waits for a person'
                    when 'Deleted' then coalesce(reason, 'It is cancelled')
                end),
                clock_timestamp(),
                case state
                    when 'Enqueued' then jsonb_build_object('EnqueuedAt', at, 'Queue', queue)
                    when 'Processing' then jsonb_build_object('StartedAt', at, 'ServerId', @Server, 'WorkerId', 'attempt ' || spent)
                    when 'Scheduled' then jsonb_build_object(
                        'EnqueueAt', to_char(due_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"'), 'ScheduledAt', at)
                    when 'Failed' then jsonb_build_object(
                        'FailedAt', at, 'ExceptionType', code, 'ExceptionMessage', reason, 'ExceptionDetails', code || ': ' || reason)
                    when 'Succeeded' then jsonb_strip_nulls(jsonb_build_object(
                        'SucceededAt', at, 'PerformanceDuration', took[step]::text, 'Latency', '0'))
                    else jsonb_build_object('DeletedAt', at)
                end
            from job
        ), dequeued as (
            delete from hangfire.jobqueue q using job where q.jobid = job.id and job.state <> 'Enqueued'
        ), queued as (
            insert into hangfire.jobqueue (jobid, queue)
            select id, queue from job
            where state = 'Enqueued' and not exists (select from hangfire.jobqueue q where q.jobid = job.id)
        ), unscheduled as (
            delete from hangfire.set s using job where s.key = 'schedule' and s.value = job.id::text and job.state <> 'Scheduled'
        ), scheduled as (
            insert into hangfire.set as s (key, value, score)
            select 'schedule', id::text, floor(extract(epoch from due_at)) from job where state = 'Scheduled'
            on conflict (key, value) do update set score = excluded.score
        ), job_counts as (
            -- What succeeded is counted together with the steps before it.
            select lower(state) as kind, count(*) as entered, 0 as gone from job where state in ('Failed', 'Deleted') group by state
        ), counted as (
            {CountJobs.Counted}
        )
        select count(*) from job
        """;

    /// <param name="note">Shown instead of the state's own reason.</param>
    public static Task Run(NpgsqlTransaction transaction, IReadOnlyCollection<long> ids, JobFace face, string? note = null) =>
        transaction.Connection!.ExecuteScalarAsync<long>(
            Sql,
            new
            {
                ids = ids.ToArray(),
                face.Invocation,
                face.Titles,
                face.Server,
                face.Lanes,
                note,
            },
            transaction
        );

    /// <summary>Says something on a job's page without changing what it shows: a new entry of the state that it has.</summary>
    /// <param name="id">Of the row of the outbox.</param>
    /// <param name="job">Hangfire's id, of the row's own job or of one that stands for a finished step.</param>
    public static Task Note(NpgsqlTransaction transaction, long id, long job, string text) =>
        transaction.Connection!.ExecuteAsync(
            """
            with again as (
                insert into hangfire.state (jobid, name, reason, createdat, data)
                select s.jobid, s.name, @text, now(), s.data
                from hangfire.job j join hangfire.state s on s.id = j.stateid
                where j.id = @job and j.arguments ->> 0 = @id::text
                returning id, jobid
            )
            update hangfire.job j set stateid = again.id from again where j.id = again.jobid
            """,
            new
            {
                id,
                job,
                text,
            },
            transaction
        );
}
