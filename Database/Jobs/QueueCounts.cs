using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>What isn't at rest.</summary>
/// <param name="Due">Due now; what waits for its time is Scheduled.</param>
/// <param name="LagSeconds">How long the oldest due step has been due; 0 when there is none.</param>
public sealed record QueueState(long Due, long Scheduled, long Running, long Review, long GivenUp, double LagSeconds);

public static class QueueCounts
{
    public static Task<QueueState> Run(NpgsqlConnection db, CancellationToken cancellationToken) =>
        db.QuerySingleAsync<QueueState>(
            new CommandDefinition(
                """
                select
                    (select count(*) from job_steps where state = 'due' and run_at <= now()) as due,
                    (select count(*) from job_steps where state = 'due' and run_at > now()) as scheduled,
                    (select count(*) from job_steps where state = 'running') as running,
                    (select count(*) from job_steps where state = 'failed' and verdict = 'review') as review,
                    (select count(*) from job_steps where state = 'failed' and verdict = 'given_up') as given_up,
                    coalesce((
                        select extract(epoch from now() - min(run_at))::float8 from job_steps where state = 'due' and run_at <= now()
                    ), 0) as lag_seconds
                """,
                cancellationToken: cancellationToken
            )
        );
}
