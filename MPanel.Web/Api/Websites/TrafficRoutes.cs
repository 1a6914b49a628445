using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Websites;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Websites;

/// <summary>What visitors of a website have moved.</summary>
/// <param name="Month">This month so far, in UTC.</param>
/// <param name="Days">Of the last 30 days those on which anything was counted, the newest first.</param>
public sealed record WebsiteTrafficView(long Id, TrafficMonth Month, IReadOnlyList<TrafficDay> Days);

public static class TrafficRoutes
{
    /// <summary>How many days are shown, today included.</summary>
    public const int Days = 30;

    public static void MapWebsiteTraffic(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/websites/{id:long}/traffic", Traffic)
            .RequirePermission(Permissions.WebsitesView)
            .Refuses(404)
            .WithSummary("What its visitors have moved, by day");

    public static async Task<Results<Ok<WebsiteTrafficView>, ProblemHttpResult>> Traffic(
        long id,
        HttpContext context,
        ListDatabase database
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        if (await WebsiteFacts.Of(db, id) is null)
            return Problems.NotFound("website");
        return TypedResults.Ok(new WebsiteTrafficView(id, await WebsiteTraffic.Month(db, id), await WebsiteTraffic.Days(db, id, Days)));
    }
}
