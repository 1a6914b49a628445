using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace MPanel.Web.Security;

public static class SecuritySetup
{
    public static void AddPanelSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<AccessDenials>();
        services
            // Every policy names its scheme. A default one would look up the key of whoever asks, a health check's too, and the
            // token of each agent as if it were a key.
            .AddAuthentication(o => o.DefaultChallengeScheme = ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        // Deny by default: a route that names no policy answers nobody.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        var protection = services.AddDataProtection().SetApplicationName("MPanel");
        if (configuration["DataProtection:Directory"] is { Length: > 0 } directory)
            protection.PersistKeysToFileSystem(new DirectoryInfo(directory));
    }

    /// <summary>Only callers that hold this permission (or, for keys, scope) get in.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, string permission)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(
            new AuthorizationPolicyBuilder(ApiKeyAuthentication.SchemeName)
                .RequireAuthenticatedUser()
                .RequireClaim(ApiKeyAuthentication.PermissionClaim, permission)
                .Build()
        );
}
