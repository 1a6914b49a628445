using System.Collections.Concurrent;

namespace MPanel.Jobs.Engine;

/// <summary>What this process runs right now.</summary>
public sealed class RunningJobs(TimeProvider time)
{
    private readonly ConcurrentDictionary<long, long> _stepBegan = new();

    /// <summary>Names this process as the holder of its leases.</summary>
    public Guid Runner { get; } = Guid.NewGuid();

    public int Count => _stepBegan.Count;

    /// <summary>At each step: how long a step may run is bounded, how long they all may is not.</summary>
    internal void Began(long id) => _stepBegan[id] = time.GetTimestamp();

    internal void Ended(long id) => _stepBegan.TryRemove(id, out _);

    /// <summary>Those whose step hasn't run for longer than that: a step that heeds nothing must lose its lease in the end.</summary>
    internal IReadOnlyCollection<long> Younger(TimeSpan than) =>
        [.. _stepBegan.Where(s => time.GetElapsedTime(s.Value) < than).Select(s => s.Key)];
}
