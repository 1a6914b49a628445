using System.ComponentModel.DataAnnotations;
using MPanel.Database.Access;
using MPanel.Settings;

namespace MPanel.Web.Platform.Security;

/// <summary>Section <c>Access</c>: how people sign in and stay signed in.</summary>
public sealed record AccessOptions
{
    /// <summary>Unused for so long, a session ends.</summary>
    [TimeRange("00:01:00", "30.00:00:00")]
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(8);

    /// <summary>After so long a session ends, used or not.</summary>
    [TimeRange("00:01:00", "90.00:00:00")]
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Passwords and codes that one address may try.</summary>
    [Range(1, 10_000)]
    public int LoginsPerMinute { get; init; } = 20;

    /// <summary>Then login attempts and the sessions of that time are forgotten.</summary>
    [Range(1, 3650)]
    public int KeepAttemptsDays { get; init; } = 180;

    public SessionLimits Limits => new(SessionIdle, SessionLifetime);
}
