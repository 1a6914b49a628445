using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Provisioning;

namespace MPanel.Tests.Unit.Jobs.Provisioning;

public sealed class ProvisioningOptionsTests
{
    [Fact]
    public void Options_WithoutSettings_AreValidAndRetryWithGrowingWaits()
    {
        var options = Read();

        Assert.Equal([10, 30, 120, 600], options.EffectiveRetryDelays.Select(d => d.TotalSeconds));
    }

    [Fact]
    public void Options_WithRetryDelays_ReplaceTheDefault()
    {
        var options = Read(("RetryDelays:0", "00:00:01"), ("RetryDelays:1", "00:00:05"));

        Assert.Equal([1, 5], options.EffectiveRetryDelays.Select(d => d.TotalSeconds));
    }

    [Theory]
    [InlineData("Lease", "00:00:01")]
    [InlineData("Lease", "02:00:00")]
    [InlineData("OfflineAfter", "00:00:00")]
    [InlineData("RetryDelays:0", "-00:00:01")]
    [InlineData("ReapInterval", "00:00:00")]
    [InlineData("PlacementInterval", "1.00:00:00")]
    [InlineData("ClaimPollInterval", "00:00:00.001")]
    [InlineData("LogBytes", "0")]
    [InlineData("LogLines", "-1")]
    [InlineData("EnrolmentsPerMinute", "0")]
    public void Options_OutOfRange_AreRefusedByName(string name, string value)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Read((name, value)));

        Assert.Contains(name.Split(':')[0], refusal.Message, StringComparison.Ordinal);
    }

    private static ProvisioningOptions Read(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Provisioning:{s.Name}", (string?)s.Value)))
            .Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddProvisioning(runsWorkers: false);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ProvisioningOptions>>().Value;
    }
}
