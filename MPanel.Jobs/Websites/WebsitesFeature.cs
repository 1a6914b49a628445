using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;
using MPanel.Settings;

namespace MPanel.Jobs.Websites;

public static class WebsitesFeature
{
    public static IServiceCollection AddWebsites(this IServiceCollection services)
    {
        services.AddChecked<WebsiteOptions>("Websites");
        return services
            .AddSingleton<WebsiteActions>()
            .AddSingleton<SiteNameActions>()
            .AddSingleton<SiteContentActions>()
            .AddSingleton<SiteAheadActions>()
            .AddSingleton<SiteMergeActions>()
            .AddRecurringJob<TrafficJob>();
    }
}
