using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class PruneChains
{
    /// <summary>Deletes chains that ended well or were cancelled, and rested that long since. Never one with a failed step. Returns how many.</summary>
    public static Task<int> Run(NpgsqlConnection db, TimeSpan rested, int limit, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            new CommandDefinition(
                """
                delete from job_chains
                where id in (
                    select distinct s.chain_id
                    from job_steps s
                    where s.state in ('done', 'cancelled') and s.finished_at < now() - @rested
                      and not exists (
                          select 1 from job_steps o
                          where o.chain_id = s.chain_id
                            and (o.finished_at is null or o.finished_at >= now() - @rested or o.state = 'failed')
                      )
                    limit @limit
                )
                """,
                new { rested, limit },
                cancellationToken: cancellationToken
            )
        );
}
