using Dapper;
using Npgsql;

namespace MPanel.Database.Jobs;

/// <summary>How a process that only dispatches wakes those that work.</summary>
public static class JobSignal
{
    public static Task Send(NpgsqlConnection db, CancellationToken cancellationToken) =>
        db.ExecuteAsync(new CommandDefinition("notify mpanel_jobs", cancellationToken: cancellationToken));

    public static Task Listen(NpgsqlConnection db, CancellationToken cancellationToken) =>
        db.ExecuteAsync(new CommandDefinition("listen mpanel_jobs", cancellationToken: cancellationToken));
}
