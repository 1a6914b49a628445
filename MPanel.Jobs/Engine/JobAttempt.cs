using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>
/// Work under way: how far it has come, what happened to its steps since the last commit, and the transaction that they write in.
/// </summary>
internal sealed class JobAttempt(BegunJob job, NpgsqlConnection db) : IAsyncDisposable
{
    private const string StepMark = "step";

    private NpgsqlTransaction? _transaction;
    private bool _marked;
    private bool _openedByStep;
    private int _committed = job.Step;

    public BegunJob Job => job;
    public NpgsqlConnection Db => db;

    /// <summary>Steps done, committed or not.</summary>
    public int Step => _committed + Took.Count;

    public List<StepEvent> Events { get; } = [];
    public List<int> Took { get; } = [];

    /// <summary>To be run once the steps that ask for it are committed.</summary>
    public List<Func<NpgsqlConnection, Task>> Announcements { get; } = [];

    /// <summary>Of the step it stands at: only the first one of this run may have been tried before.</summary>
    public int Spent => Step == job.Step ? job.Spent : 1;

    /// <summary>For a step to write in. What steps before it wrote in the same transaction is kept apart, should this one fail.</summary>
    public async Task<NpgsqlTransaction> Begin(CancellationToken cancellationToken)
    {
        if (_transaction is null)
        {
            _openedByStep = true;
            _transaction = await db.BeginTransactionAsync(cancellationToken);
            await PlanOnce.InTransaction(_transaction);
            return _transaction;
        }
        if (!_openedByStep && !_marked)
        {
            await _transaction.SaveAsync(StepMark, cancellationToken);
            _marked = true;
        }
        return _transaction;
    }

    public void StepIsDone(StepEvent done)
    {
        Events.Add(done);
        Took.Add((int)done.Duration.TotalMilliseconds);
        (_marked, _openedByStep) = (false, false);
    }

    /// <summary>The same work from where it was committed last, on a connection that has nothing open.</summary>
    public JobAttempt Again(NpgsqlConnection clean) =>
        new(job with { Step = _committed, Spent = _committed == job.Step ? job.Spent : 1 }, clean);

    /// <summary>Undoes what the present step wrote.</summary>
    public async Task UndoStep()
    {
        if (_marked)
            await _transaction!.RollbackAsync(StepMark, CancellationToken.None);
        else if (_openedByStep)
            await RollBack();
        (_marked, _openedByStep) = (false, false);
    }

    /// <summary>Commits the steps done, with the chain's own record, as the given end. False when somebody else has the work by now.</summary>
    public async Task<bool> Commit(IChain? chain, JobFace face, AttemptEnd end)
    {
        var transaction = _transaction ??= await db.BeginTransactionAsync(CancellationToken.None);
        if (chain is not null && Events.Count > 0)
            await chain.Record(
                transaction,
                new ChainJob(job.Id, job.Payload, job.CorrelationId, end.State == JobState.Done),
                Events,
                CancellationToken.None
            );
        var kept = await EndAttempt.Run(transaction, end, face);
        if (kept)
            await transaction.CommitAsync(CancellationToken.None);
        await RollBack();
        if (!kept)
            return false;
        _committed = end.Step;
        Events.Clear();
        Took.Clear();
        return true;
    }

    public async Task RollBack()
    {
        if (_transaction is null)
            return;
        // Disposing rolls back, and unlike a rollback it doesn't fail on a connection that is gone.
        await _transaction.DisposeAsync();
        _transaction = null;
        (_marked, _openedByStep) = (false, false);
    }

    public async ValueTask DisposeAsync() => await RollBack();
}
