using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class ShowSteps
{
    /// <summary>
    /// Puts finished steps on the dashboard, each as a job that succeeded. The last step of work that is done needs none: that is what
    /// its own job shows. Several processes may do it at once. Returns how many rows of the outbox were behind.
    /// </summary>
    public static Task<int> Run(NpgsqlConnection db, JobFace face, int most, CancellationToken cancellationToken) =>
        db.ExecuteScalarAsync<int>(
            new CommandDefinition(
                $"""
                with behind as materialized (
                    select id, kind, title, step, shown, state, took, updated_at from outbox
                    where shown < step
                    order by id
                    limit @most
                    for update skip locked
                ), step as materialized (
                    select nextval('hangfire.job_id_seq') as id, nextval('hangfire.state_id_seq') as state_id, b.took[n] as took, b.updated_at,
                        jsonb_build_array(
                            b.id::text,
                            to_jsonb(coalesce(@Titles::jsonb -> b.kind ->> (n - 1), b.kind) || ' for ' || b.title)::text
                        ) as arguments
                    from behind b cross join lateral generate_series(b.shown + 1, b.step - case b.state when 'done' then 1 else 0 end) n
                ), written as (
                    insert into hangfire.job (id, stateid, statename, invocationdata, arguments, createdat, expireat)
                    select id, state_id, 'Succeeded', @Invocation::jsonb || jsonb_build_object('Arguments', arguments::text), arguments,
                        updated_at, now() + interval '1 day'
                    from step
                ), stated as (
                    insert into hangfire.state (id, jobid, name, createdat, data)
                    select state_id, id, 'Succeeded', updated_at,
                        jsonb_strip_nulls(jsonb_build_object(
                            'SucceededAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"'),
                            'PerformanceDuration', took::text, 'Latency', '0'
                        ))
                    from step
                ), job_counts as (
                    select 'succeeded' as kind, sum(step - shown) as entered, 0 as gone from behind having count(*) > 0
                ), counted as (
                    {CountJobs.Counted}
                ), caught_up as (
                    update outbox o set shown = o.step from behind where o.id = behind.id
                )
                select count(*)::int from behind
                """,
                new
                {
                    most,
                    face.Invocation,
                    face.Titles,
                },
                cancellationToken: cancellationToken
            )
        );
}
