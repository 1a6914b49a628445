namespace MPanel.Jobs.Engine;

/// <summary>How many steps run in this process right now.</summary>
public sealed class RunningSteps
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    internal void Began() => Interlocked.Increment(ref _count);

    internal void Ended() => Interlocked.Decrement(ref _count);
}
