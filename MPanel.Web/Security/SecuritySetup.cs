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
            // No default scheme: each policy names its own, so that an agent's call is not first looked up as an API key, nor a health
            // check that carries one.
            .AddAuthentication(o => o.DefaultChallengeScheme = o.DefaultForbidScheme = ApiKeyAuthentication.SchemeName)
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
