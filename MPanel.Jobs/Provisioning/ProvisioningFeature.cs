using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;
using MPanel.Settings;

namespace MPanel.Jobs.Provisioning;

public static class ProvisioningFeature
{
    /// <summary>Options, actions and metrics of provisioning, and the background care for its tasks.</summary>
    /// <param name="runsWorkers">False for a process that leaves the background work to others.</param>
    public static IServiceCollection AddProvisioning(this IServiceCollection services, bool runsWorkers)
    {
        services.AddChecked<ProvisioningOptions>("Provisioning");
        services.AddSingleton<TaskActions>();
        services.AddSingleton<TaskAnnouncements>();
        foreach (var kind in TaskKinds.All)
            services.AddSingleton<IChain>(new FollowUpChain(kind)).AddSingleton<IStep>(new FollowUpStep(kind));
        services.AddMetrics();
        services.AddSingleton<ProvisioningMetrics>();
        if (runsWorkers)
        {
            services.AddHostedService<LeaseReaper>();
            services.AddSingleton<RetiredServers>();
            services.AddHostedService<TaskPlacement>();
        }
        return services;
    }
}
