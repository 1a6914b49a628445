namespace MPanel.StripeSimulator.State;

/// <summary>The simulator's time: the machine's, and as much as it was advanced by. It never goes back.</summary>
internal sealed class SimulatorClock : TimeProvider
{
    private long _ahead;

    public long AheadSeconds
    {
        get => Interlocked.Read(ref _ahead);
        set => Interlocked.Exchange(ref _ahead, value);
    }

    /// <summary>Seconds since 1970.</summary>
    public long Now => GetUtcNow().ToUnixTimeSeconds();

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(AheadSeconds);
}

/// <summary>How far the clock was advanced, for the next start.</summary>
internal sealed record ClockSetting(long AheadSeconds) : IKept
{
    public const string OnlyId = "clock";

    public string Id => OnlyId;
}
