namespace MPanel.Jobs.Engine;

/// <summary>Delays between attempts: the first is waited after the first failure. When they are spent, the step stops for a person.</summary>
public sealed record RetrySchedule(IReadOnlyList<TimeSpan> Delays)
{
    /// <summary>Six attempts over about ten minutes, for steps that only touch our own database.</summary>
    public static RetrySchedule Minutes { get; } = Seconds(1, 5, 30, 120, 480);

    /// <summary>A day: quickly at first, then every half hour. For what depends on somebody else's service.</summary>
    public static RetrySchedule Day { get; } =
        new([.. Seconds(2, 5, 15, 30, 60, 120, 300, 600, 900).Delays, .. Enumerable.Repeat(TimeSpan.FromMinutes(30), 47)]);

    public static RetrySchedule Seconds(params int[] seconds) => new([.. seconds.Select(s => TimeSpan.FromSeconds(s))]);

    /// <summary>The wait after the given failed attempt (from 1), or null when there is to be no other.</summary>
    public TimeSpan? After(int attempt) => attempt <= Delays.Count ? Delays[attempt - 1] : null;
}
