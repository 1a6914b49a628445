using System.ComponentModel.DataAnnotations;

namespace MPanel.Jobs.Engine;

/// <summary>Section <c>Jobs</c>.</summary>
public sealed record JobOptions : IValidatableObject
{
    /// <summary>Steps running at once in one process.</summary>
    [Range(1, 256)]
    public int Workers { get; init; } = 8;

    /// <summary>How long one attempt may take, and how long a step of a killed process stays untouched. 1 second to 1 hour.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often what is due and not in the engine's hands is looked for. 100 ms to 1 minute.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    [Range(1, 10_000)]
    public int SweepBatch { get; init; } = 500;

    /// <summary>How long whoever made a step due has to dispatch it before the sweep does.</summary>
    public TimeSpan DispatchGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the engine has to start what it was given before it is given it again.</summary>
    public TimeSpan RedispatchAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the queue is counted for the metrics.</summary>
    public TimeSpan CountInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often each process says that it is there, and how many steps it runs.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping process waits for its running steps; what is left then is given back.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Days after which chains that ended well are forgotten.</summary>
    [Range(1, 3650)]
    public int KeepDoneDays { get; init; } = 90;

    /// <summary>The handler's token is cancelled when this much of the lease has passed, so that it ends before another process may begin.</summary>
    internal TimeSpan HandlerTime => Lease * 0.8;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromHours(1))
            yield return new ValidationResult("Jobs:Lease must be between 1 second and 1 hour.", [nameof(Lease)]);
        if (SweepInterval < TimeSpan.FromMilliseconds(100) || SweepInterval > TimeSpan.FromMinutes(1))
            yield return new ValidationResult("Jobs:SweepInterval must be between 100 ms and 1 minute.", [nameof(SweepInterval)]);
        if (DispatchGrace < TimeSpan.Zero || RedispatchAfter <= DispatchGrace)
            yield return new ValidationResult(
                "Jobs:RedispatchAfter must be longer than Jobs:DispatchGrace, which can't be negative.",
                [nameof(RedispatchAfter), nameof(DispatchGrace)]
            );
        if (CountInterval < TimeSpan.FromSeconds(1))
            yield return new ValidationResult("Jobs:CountInterval must be at least 1 second.", [nameof(CountInterval)]);
        if (ReportInterval < TimeSpan.FromMilliseconds(100) || ReportInterval > TimeSpan.FromMinutes(5))
            yield return new ValidationResult("Jobs:ReportInterval must be between 100 ms and 5 minutes.", [nameof(ReportInterval)]);
        if (DrainTimeout < TimeSpan.Zero)
            yield return new ValidationResult("Jobs:DrainTimeout can't be negative.", [nameof(DrainTimeout)]);
    }
}
