using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;

namespace MPanel.Jobs.Servers;

public static class ServersFeature
{
    /// <summary>What people do to servers, and the background care for what servers report.</summary>
    public static IServiceCollection AddServers(this IServiceCollection services) =>
        services.AddSingleton<ServerActions>().AddSingleton<RetirementActions>().AddRecurringJob<MetricsJob>();
}
