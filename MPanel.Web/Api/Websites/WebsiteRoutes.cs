using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Websites;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Websites;

/// <summary>A website in the list.</summary>
/// <param name="Server">Null while no server has room.</param>
/// <param name="Plan">Product code.</param>
public sealed record WebsiteView(
    long Id,
    string Domain,
    string Status,
    string Plan,
    long CustomerId,
    string Customer,
    string? Server,
    DateTimeOffset CreatedAt
);

public static class WebsiteRoutes
{
    public static readonly PanelList<WebsiteRow, WebsiteFilter> List = new(
        "websites",
        new ListDefinition(
            "domain",
            "Domain",
            WebsiteList.Sorts,
            [ListFilter.OneOf("status", "Status", [.. WebsiteState.All]), ListFilter.Text("server"), ListFilter.Number("customer")]
        ),
        Filter,
        WebsiteList.Read,
        (db, filter, _) => WebsiteList.Count(db, filter),
        new("Domain", w => w.Domain),
        new("Status", w => w.Status),
        new("Plan", w => w.Plan),
        new("Customer", w => w.Customer),
        new("Server", w => w.Server),
        new("Created", w => w.CreatedAt)
    );

    public static void MapWebsites(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/websites", Page)
            .RequirePermission(Permissions.WebsitesView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Websites; deleted ones only when asked for");
        app.MapGet("/api/admin/websites/{id:long}", One)
            .RequirePermission(Permissions.WebsitesView)
            .Refuses(404)
            .WithSummary("One website");
    }

    private static WebsiteFilter Filter(ListQuery query, HttpContext _) =>
        new(query.Like, query.Text("status"), query.Text("server"), query.Number("customer"));

    public static Task<Results<Ok<Page<WebsiteView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, View);

    public static async Task<Results<Ok<WebsiteDetail>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await WebsiteFacts.Of(db, id) is { } website ? TypedResults.Ok(website) : Problems.NotFound("website");
    }

    private static WebsiteView View(WebsiteRow w) => new(w.Id, w.Domain, w.Status, w.Plan, w.CustomerId, w.Customer, w.Server, w.CreatedAt);
}
