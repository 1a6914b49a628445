using Dapper;
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

    /// <summary>
    /// Lets the servers' waiting claims look. For when what they are to find is committed: transactions that announce commit one
    /// after the other, all of them. One that is lost costs a waiting claim no more than the time until it looks by itself.
    /// </summary>
    public static Task Announce(NpgsqlConnection db, IReadOnlyCollection<long> serverIds) =>
        serverIds.Count == 0
            ? Task.CompletedTask
            : db.ExecuteAsync(
                "select pg_notify('provisioning_tasks', woken.id::text) from unnest(@ids) as woken (id)",
                new { ids = serverIds.ToArray() }
            );

    /// <summary>Throws when the connection is dead.</summary>
    public static async Task Probe(NpgsqlConnection db, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select 1", db) { CommandTimeout = 5 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
