using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Websites;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Websites;

/// <summary>What a person settles about a website when something is wrong with it.</summary>
public static class SiteCareRoutes
{
    public static void MapSiteCare(this IEndpointRouteBuilder app) =>
        WebsiteRoutes.Manage(
            app.MapPost("/api/admin/websites/{id:long}/content-back", ContentBack),
            "Say that the files which were lost with its server are back"
        );

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> ContentBack(
        long id,
        HttpContext context,
        SiteContentActions content
    ) => WebsiteRoutes.Answer(context, content.Back(context.Actor(), id));
}
