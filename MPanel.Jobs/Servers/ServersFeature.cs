using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;

namespace MPanel.Jobs.Servers;

public static class ServersFeature
{
    /// <summary>The background care for what servers report.</summary>
    public static IServiceCollection AddServers(this IServiceCollection services) =>
        services
            .AddStep<MetricsStep>()
            .AddRecurringStep(
                new RecurringStep(
                    MetricsStep.StepKind,
                    "7 * * * *",
                    "Adds up hours from the minutes that servers reported, and forgets figures that are too old."
                )
            );
}
