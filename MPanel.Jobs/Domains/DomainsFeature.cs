using Microsoft.Extensions.DependencyInjection;

namespace MPanel.Jobs.Domains;

public static class DomainsFeature
{
    public static IServiceCollection AddDomains(this IServiceCollection services) => services.AddSingleton<DomainActions>();
}
