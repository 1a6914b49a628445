using Microsoft.AspNetCore.Authorization;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine.Hangfire.Dashboard;
using MPanel.Web.Platform.Security;

namespace MPanel.Web;

/// <summary>Hangfire's dashboard inside the panel: who may come in, and what it records of its visitors.</summary>
internal static class JobsDashboard
{
    public static IServiceCollection AddJobsDashboard(this IServiceCollection services) =>
        services.AddHangfireDashboard(
            new DashboardVisitors((context, permission) => context.User.HasPermission(permission), context => context.Actor())
        );

    public static void MapJobsDashboard(this WebApplication app) =>
        app.MapHangfireDashboard()
            .RequireAuthorization(
                new AuthorizationPolicyBuilder(SessionAuthentication.SchemeName)
                    .RequireAuthenticatedUser()
                    .RequireClaim(ApiKeyAuthentication.PermissionClaim, Permissions.JobsView)
                    .Build()
            );
}
