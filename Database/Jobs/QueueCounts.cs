using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>What isn't over.</summary>
/// <param name="Waiting">For their next attempt.</param>
/// <param name="StoppedOrders">Orders that wait for a person; other work that does is Stopped.</param>
/// <param name="LagSeconds">How long the work that has been ready longest has been so; 0 when there is none.</param>
public sealed record QueueState(long Ready, long Waiting, long Running, long StoppedOrders, long Stopped, double LagSeconds);

public static class QueueCounts
{
    public static Task<QueueState> Run(NpgsqlConnection db, CancellationToken cancellationToken) =>
        db.QuerySingleAsync<QueueState>(
            new CommandDefinition(
                """
                select
                    (select count(*) from outbox where state = 'ready' and due_at <= now()) as ready,
                    (select count(*) from outbox where state = 'waiting') as waiting,
                    (select count(*) from outbox where state = 'running') as running,
                    (select count(*) from outbox where state = 'stopped' and kind = 'order') as stopped_orders,
                    (select count(*) from outbox where state = 'stopped' and kind <> 'order') as stopped,
                    coalesce((
                        select extract(epoch from now() - min(due_at))::float8 from outbox where state = 'ready' and due_at <= now()
                    ), 0) as lag_seconds
                """,
                cancellationToken: cancellationToken
            )
        );
}
