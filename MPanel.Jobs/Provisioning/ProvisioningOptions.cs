namespace MPanel.Jobs.Provisioning;

/// <summary>Section <c>Provisioning</c>.</summary>
public sealed record ProvisioningOptions
{
    /// <summary>A server that was not heard of for longer counts as offline.</summary>
    public TimeSpan OfflineAfter { get; init; } = TimeSpan.FromSeconds(90);
}
