using MPanel.Settings;

namespace MPanel.Jobs.Websites;

/// <summary>Section <c>Websites</c>.</summary>
public sealed record WebsiteOptions
{
    /// <summary>How long a website that is being removed can be had back.</summary>
    [TimeRange("00:00:00", "366.00:00:00")]
    public TimeSpan RemovalGrace { get; init; } = TimeSpan.FromDays(14);
}
