using Microsoft.Extensions.DependencyInjection;

namespace MPanel.Jobs.Access;

public static class AccessFeature
{
    /// <summary>Users, roles and API keys. How people get in is the web's.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services) =>
        services.AddSingleton<UserActions>().AddSingleton<RoleActions>().AddSingleton<KeyActions>();
}
