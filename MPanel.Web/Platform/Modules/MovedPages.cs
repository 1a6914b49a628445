using Microsoft.AspNetCore.Authorization;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine.Hangfire.Dashboard;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Platform.Modules;

/// <summary>Addresses of pages that moved: bookmarks and old links lead to what took their place.</summary>
public static class MovedPages
{
    private static readonly (string From, string To, string Permission)[] All =
    [
        ("/jobs", DashboardServices.Path, Permissions.JobsView),
        ("/jobs/recurring", $"{DashboardServices.Path}/recurring", Permissions.JobsView),
        ("/jobs/tasks", $"{DashboardServices.Path}/tasks", Permissions.JobsView),
        ("/jobs/workers", $"{DashboardServices.Path}/servers", Permissions.JobsView),
        ("/provisioning/failed", "/attention?kind=tasks", Permissions.ProvisioningView),
    ];

    public static void MapMovedPages(this IEndpointRouteBuilder app)
    {
        foreach (var (from, to, permission) in All)
            app.MapGet(from, () => TypedResults.Redirect(to)).ExcludeFromDescription().RequireAuthorization(Only(permission));
        // Of steps of release 1, whose numbers mean nothing any more.
        app.MapGet("/jobs/{id:long}", (long id) => TypedResults.Redirect(DashboardServices.Path))
            .ExcludeFromDescription()
            .RequireAuthorization(Only(Permissions.JobsView));
    }

    private static AuthorizationPolicy Only(string permission) =>
        new AuthorizationPolicyBuilder(SessionAuthentication.SchemeName)
            .RequireAuthenticatedUser()
            .RequireClaim(ApiKeyAuthentication.PermissionClaim, permission)
            .Build();
}
