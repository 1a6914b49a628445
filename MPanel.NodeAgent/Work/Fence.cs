namespace MPanel.NodeAgent.Work;

internal enum FenceReason
{
    /// <summary>Another may hold the task now.</summary>
    LeaseLost,

    /// <summary>The agent was asked to stop before the task changed anything.</summary>
    StoppedUntouched,

    /// <summary>The agent was asked to stop, and the time to finish is over.</summary>
    StoppedMidway,
}

/// <summary>Thrown where a task may not go on.</summary>
internal sealed class FencedException(FenceReason reason) : OperationCanceledException($"The task may not go on: {reason}.")
{
    public FenceReason Reason => reason;
}

/// <summary>Stands before every effect of one task. Once lowered it stays so, and the first reason counts.</summary>
/// <param name="leaseHeld">Asks the clock, not a timer: a process that was suspended finds out before its next effect.</param>
internal sealed class Fence(Func<bool> leaseHeld) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancelled = new();
    private FenceReason? _reason;
    private bool _changed;

    public CancellationToken Token => _cancelled.Token;

    public FenceReason? Reason
    {
        get
        {
            lock (_lock)
                return _reason;
        }
    }

    public bool IsOpen
    {
        get
        {
            if (!leaseHeld())
                Lower(FenceReason.LeaseLost);
            return Reason is null;
        }
    }

    /// <exception cref="FencedException">The effect may not happen.</exception>
    public void Pass(Effect effect)
    {
        if (!leaseHeld())
            Lower(FenceReason.LeaseLost);
        lock (_lock)
        {
            if (_reason is { } reason)
                throw new FencedException(reason);
            _changed |= effect.Changes;
        }
    }

    public void Lower(FenceReason reason)
    {
        lock (_lock)
        {
            if (_reason is not null || (reason == FenceReason.StoppedUntouched && _changed))
                return;
            _reason = reason;
        }
        _cancelled.Cancel();
    }

    public void Dispose() => _cancelled.Dispose();
}
