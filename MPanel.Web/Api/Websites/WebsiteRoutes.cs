using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Websites;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Websites;
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

/// <summary>A website with its names, and how it stands.</summary>
/// <param name="ServerId">Null, with its name, while no server has room.</param>
/// <param name="SuspendedFor">Of <c>abuse</c>, <c>unpaid</c> and <c>customer</c>, those that hold.</param>
/// <param name="Names">The primary one first.</param>
/// <param name="Standing">What shall stand on its server, and what does; null while nothing was asked of one.</param>
public sealed record WebsiteFullView(
    long Id,
    string Domain,
    string Status,
    string Plan,
    string PlanName,
    long CustomerId,
    string Customer,
    long? ServerId,
    string? Server,
    long? DomainId,
    DateTimeOffset? AnsweredAt,
    IReadOnlyList<string> SuspendedFor,
    IReadOnlyList<Hostname> Names,
    SiteStanding? Standing,
    SiteRemoval Removal,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public static WebsiteFullView Of(WebsiteDetail w, IReadOnlyList<Hostname> names, SiteStanding? standing, SiteRemoval removal) =>
        new(
            w.Id,
            w.Domain,
            w.Status,
            w.Owner.Plan,
            w.Owner.PlanName,
            w.Owner.CustomerId,
            w.Owner.Customer,
            w.Home?.ServerId,
            w.Home?.Server,
            w.DomainId,
            w.AnsweredAt,
            w.SuspendedFor,
            names,
            standing,
            removal,
            w.CreatedAt,
            w.UpdatedAt
        );
}

/// <param name="Reason"><c>unpaid</c>, <c>abuse</c> or <c>customer</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SuspensionRequest(string Reason);

/// <param name="Domain">Its primary name once more, to be sure.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RemovalRequest(string Domain);

/// <param name="Name">A host name of two labels or more; an IDN in either form.</param>
/// <param name="Target">Where it redirects to; null for a name that the website answers to.</param>
/// <param name="Code">Of a redirect: 301, 302 or 308.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewNameRequest(string Name, string? Target = null, int? Code = null);

/// <param name="Keep">The name before stays as another name, in place of a redirect to the new one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PrimaryRequest(bool Keep = false);

/// <param name="Text">One sentence: what was done.</param>
public sealed record WebsiteChanged(long Id, string Text);

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
            .WithSummary("Websites; removed ones only when asked for");
        app.MapGet("/api/admin/websites/{id:long}", One)
            .RequirePermission(Permissions.WebsitesView)
            .Refuses(404)
            .WithSummary("One website");
        Manage(app.MapPost("/api/admin/websites/{id:long}/suspend", Suspend), "Answer 503 for a reason");
        Manage(app.MapPost("/api/admin/websites/{id:long}/resume", Resume), "Take a reason back; without any it answers again");
        Manage(app.MapPost("/api/admin/websites/{id:long}/remove", Remove), "Suspend and archive it, and erase it when its grace is over");
        Manage(app.MapPost("/api/admin/websites/{id:long}/restore", Restore), "Have it back while its grace lasts");
        Manage(app.MapPost("/api/admin/websites/{id:long}/erase", Erase), "End its grace now");
        Manage(app.MapPost("/api/admin/websites/{id:long}/rebuild", Rebuild), "Have its server build it again, whatever stands there");
        Manage(
            app.MapPost("/api/admin/websites/{id:long}/overtake", Overtake),
            "Let this panel's state count where its server has a later one"
        );
        Manage(app.MapPost("/api/admin/websites/{id:long}/names", AddName), "Serve it under another name, or redirect one").Refuses(422);
        Manage(app.MapDelete("/api/admin/websites/{id:long}/names/{name}", RemoveName), "Take a name from it");
        Manage(app.MapPost("/api/admin/websites/{id:long}/names/{name}/primary", MakePrimary), "Make one of its names the primary one");
        app.MapSiteCare();
    }

    internal static RouteHandlerBuilder Manage(RouteHandlerBuilder route, string summary) =>
        route.RequirePermission(Permissions.WebsitesManage).Refuses(404, 409).WithSummary(summary);

    private static WebsiteFilter Filter(ListQuery query, HttpContext _) =>
        new(query.Like, query.Text("status"), query.Text("server"), query.Number("customer"));

    public static Task<Results<Ok<Page<WebsiteView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, View);

    public static async Task<Results<Ok<WebsiteFullView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        if (await WebsiteFacts.Of(db, id) is not { } website)
            return Problems.NotFound("website");
        var names = await Hostnames.Of(db, id);
        return TypedResults.Ok(WebsiteFullView.Of(website, names, await WebsiteFacts.Standing(db, id), await WebsiteFacts.Removal(db, id)));
    }

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Suspend(
        long id,
        SuspensionRequest request,
        HttpContext context,
        WebsiteActions websites
    ) => Answer(context, websites.Suspend(context.Actor(), id, request.Reason));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Resume(
        long id,
        SuspensionRequest request,
        HttpContext context,
        WebsiteActions websites
    ) => Answer(context, websites.Resume(context.Actor(), id, request.Reason));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Remove(
        long id,
        RemovalRequest request,
        HttpContext context,
        WebsiteActions websites
    ) => Answer(context, websites.Remove(context.Actor(), id, request.Domain));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Restore(long id, HttpContext context, WebsiteActions websites) =>
        Answer(context, websites.Restore(context.Actor(), id));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Erase(
        long id,
        RemovalRequest request,
        HttpContext context,
        WebsiteActions websites
    ) => Answer(context, websites.EndGrace(context.Actor(), id, request.Domain));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Rebuild(long id, HttpContext context, WebsiteActions websites) =>
        Answer(context, websites.Rebuild(context.Actor(), id));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Overtake(long id, HttpContext context, WebsiteActions websites) =>
        Answer(context, websites.Overtake(context.Actor(), id));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> AddName(
        long id,
        NewNameRequest request,
        HttpContext context,
        SiteNameActions names
    ) => Answer(context, names.Add(context.Actor(), id, new WantedName(request.Name, request.Target, request.Code)));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> RemoveName(
        long id,
        string name,
        HttpContext context,
        SiteNameActions names
    ) => Answer(context, names.Remove(context.Actor(), id, name));

    public static Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> MakePrimary(
        long id,
        string name,
        PrimaryRequest request,
        HttpContext context,
        SiteNameActions names
    ) => Answer(context, names.MakePrimary(context.Actor(), id, name, request.Keep));

    internal static async Task<Results<Ok<WebsiteChanged>, ProblemHttpResult>> Answer(
        HttpContext context,
        Task<Outcome<ChangedWebsite>> change
    ) => await (await change).ToResult(context, "website", changed => TypedResults.Ok(new WebsiteChanged(changed.Id, changed.Text)));

    private static WebsiteView View(WebsiteRow w) => new(w.Id, w.Domain, w.Status, w.Plan, w.CustomerId, w.Customer, w.Server, w.CreatedAt);
}
