using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
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
        services.AddSingleton<ReservedDomains>();
        return services.AddSingleton<DomainActions>();
    }
}
