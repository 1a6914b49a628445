using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>One attempt under way: its lease, its connection and, once the handler asked for it, its transaction.</summary>
internal sealed class Attempt(ClaimedStep step, NpgsqlConnection db, TimeProvider time) : IAsyncDisposable
{
    private readonly long _started = time.GetTimestamp();
    private NpgsqlTransaction? _transaction;

    public ClaimedStep Step => step;
    public NpgsqlConnection Db => db;
    public TimeSpan Duration => time.GetElapsedTime(_started);

    /// <summary>What the ledger recorded of its end; null before that, and when nothing was to be recorded.</summary>
    public StepEvent? Ended { get; set; }

    public StepRun AsRun() => new(step.Id, step.ChainId, step.Kind, step.Payload, step.Subject, step.CorrelationId, step.Attempt, Begin);

    public async Task<NpgsqlTransaction> Begin(CancellationToken cancellationToken) =>
        _transaction ??= await db.BeginTransactionAsync(cancellationToken);

    /// <summary>Undoes what the handler wrote, and makes room for a transaction that records why.</summary>
    public async Task RollBack()
    {
        if (_transaction is null)
            return;
        // Disposing rolls back, and unlike a rollback it doesn't fail on a connection that is gone.
        await _transaction.DisposeAsync();
        _transaction = null;
    }

    public async Task Commit(CancellationToken cancellationToken)
    {
        await _transaction!.CommitAsync(cancellationToken);
        await RollBack();
    }

    public async ValueTask DisposeAsync() => await RollBack();

    public StepEvent Event(
        string outcome,
        string? code,
        string? message,
        DateTimeOffset? nextRunAt = null,
        bool chainFinished = false,
        int? attempts = null
    ) =>
        new(
            step.ChainId,
            step.Kind,
            step.Payload,
            attempts ?? step.Attempt,
            outcome,
            code,
            message,
            Duration,
            nextRunAt,
            chainFinished,
            "system",
            step.CorrelationId
        );
}
