using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MPanel.Jobs.Engine;
using MPanel.Settings;
using MPanel.Web.Platform.Security.Identity;
using MPanel.Web.Platform.Security.TwoFactor;

namespace MPanel.Web.Platform.Security;

public static class SecuritySetup
{
    public static void AddPanelSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<AccessDenials>();
        services
            // No default scheme: each policy names its own, so that an agent's call is not first looked up as an API key, nor a health
            // check that carries one.
            .AddAuthentication(o => o.DefaultChallengeScheme = o.DefaultForbidScheme = ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionAuthentication.SchemeName, null);
        services.AddSignIn();
        // Deny by default: a route that names no policy answers nobody.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        var protection = services.AddDataProtection().SetApplicationName("MPanel");
        if (configuration["DataProtection:Directory"] is { Length: > 0 } directory)
            protection.PersistKeysToFileSystem(new DirectoryInfo(directory));
    }

    /// <summary>How people get in. Identity adds no scheme of its own: hashing and password rules are all that is taken of it.</summary>
    private static void AddSignIn(this IServiceCollection services)
    {
        services.AddChecked<AccessOptions>("Access");
        services.AddIdentityCore<PanelUser>().AddUserStore<PanelUserStore>();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = PasswordHashes.Rounds);
        // Ours instead of the one that counts digits and capitals.
        services.RemoveAll<IPasswordValidator<PanelUser>>();
        services.AddScoped<IPasswordValidator<PanelUser>, PasswordRules>();
        services.AddScoped<SignIn>();
        services.AddScoped<SecondFactor>();
        services.AddScoped<NewPassword>();
        services.AddSingleton<TwoFactorSecrets>();
        services.AddRecurringJob<PruneAttempts>();
        services.AddSingleton<LoginLimit>();
        services.AddSingleton<HashingTurns>();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "mpanel_antiforgery";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.Configure<MvcOptions>(o => o.Filters.Add<ForgedForms>());
    }

    /// <summary>Only callers that hold this permission (or, for keys, scope) get in; of several, one is enough.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(
            new AuthorizationPolicyBuilder(ApiKeyAuthentication.SchemeName)
                .RequireAuthenticatedUser()
                .RequireClaim(ApiKeyAuthentication.PermissionClaim, anyOf)
                .Build()
        );
}
