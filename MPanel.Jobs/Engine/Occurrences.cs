using System.Globalization;
using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>What an engine calls when a recurring job's time has come.</summary>
public sealed class Occurrences(NpgsqlDataSource dataSource, JobDispatcher dispatcher)
{
    /// <summary>Starts a chain of one step. The scheduled time is part of its key: however many processes call, it runs once.</summary>
    public async Task Start(string kind, DateTimeOffset scheduledFor, CancellationToken cancellationToken)
    {
        var at = scheduledFor.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        var chain = await StartChain.Run(transaction, new NewChain(kind, $"{kind}@{at}", at, Guid.NewGuid().ToString("N"), "{}", [kind]));
        await transaction.CommitAsync(cancellationToken);
        if (chain.Created)
            dispatcher.Wake(chain.FirstStepId, $"{kind} {at}");
    }
}
