using System.ComponentModel.DataAnnotations;
using MPanel.Settings;

namespace MPanel.Jobs.Provisioning;

/// <summary>Section <c>Provisioning</c>.</summary>
public sealed record ProvisioningOptions
{
    private static readonly TimeSpan[] DefaultRetryDelays =
    [
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(10),
    ];

    /// <summary>A server that was not heard of for longer counts as offline: three of its agent's heartbeats.</summary>
    [TimeRange("00:00:01")]
    public TimeSpan OfflineAfter { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Websites that wait for a server which was silent for longer go to another one that lives and has room, as long as nothing of them was
    /// begun.
    /// </summary>
    [TimeRange("00:00:01", "30.00:00:00")]
    public TimeSpan GoneAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a claimed task stays its agent's without a renewal.</summary>
    [TimeRange("00:00:05", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Waits after failed attempts: the first after the first, the last after all that follow. Empty for the default.</summary>
    [TimeRange("00:00:00", "7.00:00:00")]
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } = [];

    /// <summary>What is kept of one attempt's log, in UTF-8 bytes.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int LogBytes { get; init; } = 1024 * 1024;

    /// <summary>What is kept of one attempt's log, in lines.</summary>
    [Range(10, 1_000_000)]
    public int LogLines { get; init; } = 10_000;

    /// <summary>How often leases that ran out are looked for.</summary>
    [TimeRange("00:00:00.050", "01:00:00")]
    public TimeSpan ReapInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often tasks without a server are tried again.</summary>
    [TimeRange("00:00:00.050", "01:00:00")]
    public TimeSpan PlacementInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often an alarm is repeated while tasks stay without a server and nothing changes.</summary>
    [TimeRange("00:00:00.050", "01:00:00")]
    public TimeSpan AlarmInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often tasks are counted for the metrics.</summary>
    [TimeRange("00:00:00.050", "01:00:00")]
    public TimeSpan CountInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a waiting claim looks by itself: what becomes claimable by the clock is announced by nobody.</summary>
    [TimeRange("00:00:00.050", "01:00:00")]
    public TimeSpan ClaimRecheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same while announcements can't be heard.</summary>
    [TimeRange("00:00:00.050", "01:00:00")]
    public TimeSpan ClaimPollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Enrolments that one address may try in a minute.</summary>
    [Range(1, 10_000)]
    public int EnrolmentsPerMinute { get; init; } = 10;

    public IReadOnlyList<TimeSpan> EffectiveRetryDelays => RetryDelays.Count > 0 ? RetryDelays : DefaultRetryDelays;
}
