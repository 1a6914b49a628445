using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Websites;
using MPanel.Jobs.Access;
using MPanel.Jobs.Websites;
using MPanel.NodeAgent.Contract;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Websites;

/// <summary>Two states of a website, of which a person chooses one.</summary>
/// <param name="Panel">As this panel has it.</param>
/// <param name="Kept">As its server has it; null while that has not said it.</param>
/// <param name="Hinders">Code of what keeps the server's from being taken; null when nothing is known to.</param>
public sealed record AheadView(long Id, string Domain, string Server, HostingSpec Panel, KeptState? Kept, string? Hinders)
{
    public static AheadView Of(AheadSite site) => new(site.Id, site.Domain, site.Server, site.Panel, site.Kept, site.Hinders?.Code);
}

/// <param name="Hash">Of the server's state, as it was seen.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AdoptRequest(string Hash);

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
        app.MapGet("/api/admin/websites/{id:long}/ahead", Ahead)
            .RequirePermission(Permissions.WebsitesView)
            .Refuses(404, 409)
            .WithSummary("What this panel has of it, and what its server has later");
        WebsiteRoutes
            .Manage(app.MapPost("/api/admin/websites/{id:long}/adopt", Adopt), "Let the state count that its server has later")
            .Refuses(422);
    }

    public static async Task<Results<Ok<AheadView>, ProblemHttpResult>> Ahead(long id, HttpContext context, SiteAheadActions ahead) =>
        await (await ahead.Compare(id)).ToResult(context, "website", site => TypedResults.Ok(AheadView.Of(site)));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Adopt(
        long id,
        AdoptRequest request,
        HttpContext context,
        SiteAheadActions ahead
    ) => WebsiteRoutes.Answer(context, ahead.Adopt(context.Actor(), id, request.Hash));

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
