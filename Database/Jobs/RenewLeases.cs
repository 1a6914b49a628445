using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

public static class RenewLeases
{
    /// <summary>All that a process runs, in one statement.</summary>
    public static Task Run(
        NpgsqlConnection db,
        Guid runner,
        IReadOnlyCollection<long> ids,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
        db.ExecuteAsync(
            new CommandDefinition(
                "update outbox set leased_until = now() + @lease where id = any(@ids) and runner = @runner and state = 'running'",
                new
                {
                    runner,
                    ids = ids.ToArray(),
                    lease,
                },
                cancellationToken: cancellationToken
            )
        );
}
