using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine.Hangfire.Dashboard;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Platform.Modules;

/// <summary>Addresses of pages that moved: bookmarks and old links lead to what took their place.</summary>
public static class MovedPages
{
    private sealed record Moved(string From, string To, string Permission);

    private static readonly Moved[] All =
    [
        new("/jobs", DashboardServices.Path, Permissions.JobsView),
        new("/jobs/recurring", $"{DashboardServices.Path}/recurring", Permissions.JobsView),
        new("/jobs/tasks", $"{DashboardServices.Path}/tasks", Permissions.JobsView),
        new("/jobs/workers", $"{DashboardServices.Path}/servers", Permissions.JobsView),
        new("/provisioning/failed", "/attention?kind=tasks", Permissions.ProvisioningView),
    ];

    public static void MapMovedPages(this IEndpointRouteBuilder app)
    {
        foreach (var (from, to, permission) in All)
            app.MapGet(from, () => TypedResults.Redirect(to)).ExcludeFromDescription().RequireAuthorization(Only(permission));
        app.MapGet("/jobs/{id:long}", Job).ExcludeFromDescription().RequireAuthorization(Only(Permissions.JobsView));
    }

    /// <summary>What was over long ago has no page on the dashboard any more.</summary>
    private static async Task<IResult> Job(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        var job = await JobList.HangfireJob(db, id);
        return TypedResults.Redirect(
            job is null ? DashboardServices.Path : DashboardServices.JobPath(job.Value.ToString(CultureInfo.InvariantCulture))
        );
    }

    private static AuthorizationPolicy Only(string permission) =>
        new AuthorizationPolicyBuilder(SessionAuthentication.SchemeName)
            .RequireAuthenticatedUser()
            .RequireClaim(ApiKeyAuthentication.PermissionClaim, permission)
            .Build();
}
