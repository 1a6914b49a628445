namespace MPanel.Tests.Unit.NodeAgent.Work;

/// <summary>Time that passes when told to: clock, monotonic timestamp and timers alike.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return _passed.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>How many timers wait for something.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    public void Advance(TimeSpan by)
    {
        lock (_lock)
            _passed += by;
        while (NextDue() is { } timer)
            timer.Fire();
    }

    private ManualTimer? NextDue()
    {
        lock (_lock)
            return _timers.Where(t => t.Due <= _passed).MinBy(t => t.Due);
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                (Due, _period) = (time._passed + dueTime, period);
                if (dueTime != Timeout.InfiniteTimeSpan)
                    time._timers.Add(this);
            }
            return true;
        }

        public void Fire()
        {
            lock (time._lock)
            {
                if (!time._timers.Remove(this))
                    return;
                if (_period > TimeSpan.Zero)
                {
                    Due += _period;
                    time._timers.Add(this);
                }
            }
            callback(state);
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
