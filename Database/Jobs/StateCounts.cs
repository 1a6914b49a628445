using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>How many steps stand where, each counted no further than <see cref="Most"/>.</summary>
public sealed record StateCounts(
    long Enqueued,
    long Scheduled,
    long Waiting,
    long Running,
    long Done,
    long Failed,
    long Cancelled,
    long FailedTasks
)
{
    public const int Most = 10_000;

    public static Task<StateCounts> Read(NpgsqlConnection db) =>
        db.QuerySingleAsync<StateCounts>(
            """
            with heads as materialized (
                (select chain_id from job_steps where state = 'due' limit @bound)
                union all (select chain_id from job_steps where state = 'running' limit @bound)
                union all (select chain_id from job_steps where state = 'failed' limit @bound)
            )
            select
                (select count(*) from (select 1 from job_steps where state = 'due' and run_at <= now() limit @bound) n) as enqueued,
                (select count(*) from (select 1 from job_steps where state = 'due' and run_at > now() limit @bound) n) as scheduled,
                (select count(*) from (
                    -- Chain by chain: planned as a join, it reads every step there ever was, looking for the few that wait.
                    select 1 from heads h cross join lateral (
                        select 1 from job_steps s where s.chain_id = h.chain_id and s.state = 'waiting' offset 0) w
                    limit @bound) n) as waiting,
                (select count(*) from (select 1 from job_steps where state = 'running' limit @bound) n) as running,
                (select count(*) from (
                    select 1 from job_steps where state = 'done' order by finished_at desc limit @bound) n) as done,
                (select count(*) from (select 1 from job_steps where state = 'failed' limit @bound) n) as failed,
                (select count(*) from (select 1 from job_steps where state = 'cancelled' limit @bound) n) as cancelled,
                (select count(*) from (select 1 from provisioning_tasks where status = 'failed' limit @bound) n) as failed_tasks
            """,
            new { bound = Most + 1 }
        );
}
