using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Text;
using MPanel.Settings;

namespace MPanel.Jobs.Domains;

public static class DomainsFeature
{
    public static IServiceCollection AddDomains(this IServiceCollection services)
    {
        services.AddChecked<DomainOptions>("Domains");
        services.AddSingleton(provider =>
            PublicSuffixes.Load(provider.GetRequiredService<IOptions<DomainOptions>>().Value.PublicSuffixList)
        );
        services.AddChecked<DnsOptions>("Dns");
        services.AddSingleton<ReservedDomains>().AddSingleton<DnsLookups>().AddSingleton<DomainProofActions>();
        return services.AddSingleton<DomainActions>().AddRecurringJob<DomainProofJob>();
    }
}
