using Microsoft.AspNetCore.Authorization;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Jobs.Engine.Hangfire.Dashboard;
using MPanel.Web.Security;

namespace MPanel.Web;

/// <summary>The job engine of a build with -p:JobEngine=Hangfire, its dashboard and the provisioning tasks on it.</summary>
internal static class PanelEngine
{
    /// <summary>Where the engine's own dashboard is; null for an engine without one.</summary>
    public static string? Dashboard => "/hangfire";

    public static void AddChosenEngine(this IServiceCollection services, PanelRoles roles)
    {
        services.AddHangfireEngine();
        if (roles.Jobs)
            services.AddTaskTwins();
        if (roles.Web)
            services.AddHangfireDashboard(
                new DashboardVisitors(
                    (context, permission) => context.User.HasPermission(permission),
                    context => context.Actor().Name,
                    (context, action, subject, before, after) => context.Audit(action, subject, before, after)
                )
            );
    }

    public static void MapChosenEngine(this WebApplication app) =>
        app.MapHangfireDashboard()
            .RequireAuthorization(
                new AuthorizationPolicyBuilder(SessionAuthentication.SchemeName)
                    .RequireAuthenticatedUser()
                    .RequireClaim(ApiKeyAuthentication.PermissionClaim, "jobs.view")
                    .Build()
            );
}
