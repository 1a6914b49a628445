using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>Where PostgreSQL tells that a server has something to claim. The payload is the server's id, or <c>*</c> for all.</summary>
public static class TaskChannel
{
    public const string EveryServer = "*";

    /// <summary>Lets the connection's Notification event fire for every announcement from now on.</summary>
    public static async Task Listen(NpgsqlConnection db, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("listen provisioning_tasks", db);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Throws when the connection is dead.</summary>
    public static async Task Probe(NpgsqlConnection db, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select 1", db) { CommandTimeout = 5 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
