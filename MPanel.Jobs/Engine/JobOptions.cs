using System.ComponentModel.DataAnnotations;
using MPanel.Settings;

namespace MPanel.Jobs.Engine;

/// <summary>Section <c>Jobs</c>.</summary>
public sealed record JobOptions : IValidatableObject
{
    /// <summary>Steps running at once in one process.</summary>
    [Range(1, 256)]
    public int Workers { get; init; } = 8;

    /// <summary>How long one attempt may take, and how long a step of a killed process stays untouched.</summary>
    [TimeRange("00:00:01", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often what is due and not in the engine's hands is looked for.</summary>
    [TimeRange("00:00:00.100", "00:01:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    [Range(1, 10_000)]
    public int SweepBatch { get; init; } = 500;

    /// <summary>How long whoever made a step due has to dispatch it before the sweep does.</summary>
    [TimeRange("00:00:00")]
    public TimeSpan DispatchGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the engine has to start what it was given before it is given it again.</summary>
    public TimeSpan RedispatchAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the queue is counted for the metrics.</summary>
    [TimeRange("00:00:01")]
    public TimeSpan CountInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often each process says that it is there, and how many steps it runs.</summary>
    [TimeRange("00:00:00.100", "00:05:00")]
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping process waits for its running steps; what is left then is given back.</summary>
    [TimeRange("00:00:00")]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Days after which chains that ended well are forgotten.</summary>
    [Range(1, 3650)]
    public int KeepDoneDays { get; init; } = 90;

    /// <summary>The handler's token is cancelled when this much of the lease has passed, so that it ends before another process may begin.</summary>
    internal TimeSpan HandlerTime => Lease * 0.8;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RedispatchAfter <= DispatchGrace)
            yield return new ValidationResult(
                "Jobs:RedispatchAfter must be longer than Jobs:DispatchGrace.",
                [nameof(RedispatchAfter), nameof(DispatchGrace)]
            );
    }
}
