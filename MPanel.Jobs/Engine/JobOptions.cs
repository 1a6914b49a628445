using System.ComponentModel.DataAnnotations;
using MPanel.Settings;

namespace MPanel.Jobs.Engine;

/// <summary>Section <c>Jobs</c>.</summary>
public sealed record JobOptions
{
    /// <summary>Pieces of work running at once in one process.</summary>
    [Range(1, 256)]
    public int Workers { get; init; } = 8;

    /// <summary>E-mails being sent at once in one process. They have workers of their own, so that orders never wait for a mail server.</summary>
    [Range(1, 8)]
    public int MailWorkers { get; init; } = 2;

    /// <summary>How long the work of a killed process stays untouched. A living process renews what it runs four times in this time.</summary>
    [TimeRange("00:00:01", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one attempt at a step may take.</summary>
    [TimeRange("00:00:01", "01:00:00")]
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often what is due and in nobody's hands is looked for.</summary>
    [TimeRange("00:00:00.100", "00:01:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the queue is counted for the metrics.</summary>
    [TimeRange("00:00:01")]
    public TimeSpan CountInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stopping process waits for what it runs; what is left then is given back.</summary>
    [TimeRange("00:00:00")]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Days after which work that is over is deleted.</summary>
    [Range(1, 3650)]
    public int KeepDoneDays { get; init; } = 90;
}
