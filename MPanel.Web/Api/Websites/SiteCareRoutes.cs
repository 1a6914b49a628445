using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Websites;
using MPanel.Jobs.Access;
using MPanel.Jobs.Websites;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Websites;

/// <summary>What a person settles about a website when something is wrong with it.</summary>
public static class SiteCareRoutes
{
    public static void MapSiteCare(this IEndpointRouteBuilder app)
    {
        WebsiteRoutes.Manage(
            app.MapPost("/api/admin/websites/{id:long}/content-back", ContentBack),
            "Say that the files which were lost with its server are back"
        );
        app.MapGet("/api/admin/websites/{id:long}/merge-names", PreviewMerge)
            .RequirePermission(Permissions.WebsitesView)
            .Refuses(404, 409)
            .WithSummary("What making one website of a name and its www name would do");
        WebsiteRoutes.Manage(
            app.MapPost("/api/admin/websites/{id:long}/merge-names", MergeNames),
            "Make the www name an alias of the website without it"
        );
    }

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> ContentBack(
        long id,
        HttpContext context,
        SiteContentActions content
    ) => WebsiteRoutes.Answer(context, content.Back(context.Actor(), id));

    public static async Task<Results<Ok<OverlappingSites>, ProblemHttpResult>> PreviewMerge(
        long id,
        HttpContext context,
        SiteMergeActions merging
    ) => await (await merging.Preview(id)).ToResult(context, "website", TypedResults.Ok);

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> MergeNames(long id, HttpContext context, SiteMergeActions merging) =>
        WebsiteRoutes.Answer(context, merging.Merge(context.Actor(), id));
}
