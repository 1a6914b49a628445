using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Jobs.Access;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Servers;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Servers;

public static class ServerRoutes
{
    public static readonly PanelList<ServerRow, ServerFilter> List = new(
        "servers",
        new ListDefinition(
            "name",
            "Name, address or tag",
            ServerList.Sorts,
            [
                ListFilter.OneOf("role", "Role", [.. ServerRules.Roles]),
                ListFilter.OneOf("state", "State", [.. ServerRules.States]),
                ListFilter.OneOf("reporting", "Agent", [.. AgentState.All]),
                ListFilter.Text("tag"),
            ]
        ),
        Filter,
        ServerList.Read,
        (db, filter, _) => ServerList.Count(db, filter),
        new("Name", s => s.Name),
        new("Roles", s => string.Join(" ", s.Roles)),
        new("Address", s => s.Address),
        new("State", s => s.State),
        new("Online", s => s.Online ? "yes" : "no"),
        new("Tags", s => string.Join(' ', s.Tags)),
        new("Websites", s => s.WebsiteCount),
        new("Capacity", s => s.WebsiteCapacity),
        new("Agent version", s => s.AgentVersion),
        new("Last heartbeat", s => s.HeardAt),
        new("Created", s => s.CreatedAt),
        new("Problem", s => s.Problem)
    );

    public static void MapServers(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/servers", Page)
            .RequirePermission(Permissions.ServersView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Servers");
        app.MapPost("/api/admin/servers", Create).RequirePermission(Permissions.ServersManage).Refuses(409).WithSummary("Add a server");
        app.MapGet("/api/admin/servers/{id:long}", One)
            .RequirePermission(Permissions.ServersView)
            .Refuses(404)
            .WithSummary("One server with its tokens");
        app.MapPatch("/api/admin/servers/{id:long}", Change)
            .RequirePermission(Permissions.ServersManage)
            .Refuses(404, 409)
            .WithSummary("Change a server");
        app.MapPost("/api/admin/servers/{id:long}/enrolment-code", Code)
            .RequirePermission(Permissions.ServersManage)
            .Refuses(400, 404, 409)
            .WithSummary("A one-time code for the server's agent");
        app.MapPost("/api/admin/servers/{id:long}/tokens/{tokenId:long}/revoke", Revoke)
            .RequirePermission(Permissions.ServersManage)
            .Refuses(404)
            .WithSummary("End one of the server's tokens");
        app.MapGet("/api/admin/servers/{id:long}/inventory", Inventory)
            .RequirePermission(Permissions.ServersView)
            .Refuses(404)
            .WithSummary("What shall stand on the server, and how what does differs");
        app.MapPost("/api/admin/servers/{id:long}/inventory", LookNow)
            .RequirePermission(Permissions.ServersManage)
            .Refuses(404)
            .WithSummary("Have its agent look now at what stands there");
        app.MapPost("/api/admin/servers/{id:long}/rebuild", Rebuild)
            .RequirePermission(Permissions.ServersManage)
            .Refuses(404, 409)
            .WithSummary("Have everything that shall stand on it brought about again");
        app.MapGet("/api/admin/servers/{id:long}/metrics", ServerMetricsRoute.Handle)
            .RequirePermission(Permissions.ServersView)
            .Refuses(400, 404)
            .WithSummary("What the server measured, by minute or hour");
        app.MapRetirement();
    }

    private const int MostShown = 200;

    public static async Task<Results<Ok<InventoryView>, ProblemHttpResult>> Inventory(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await ServerInventory.Of(db, id) is { } inventory
            ? TypedResults.Ok(
                new InventoryView(
                    inventory,
                    await ServerInventory.FirstUnwell(db, id, MostShown),
                    await ServerInventory.FirstOrphans(db, id, MostShown)
                )
            )
            : Problems.NotFound("server");
    }

    public static async Task<Results<Accepted, ProblemHttpResult>> LookNow(long id, HttpContext context, ServerActions servers) =>
        await (await servers.LookNow(context.Actor(), id)).ToResult(
            context,
            "server",
            _ => TypedResults.Accepted($"/api/admin/servers/{id}/inventory")
        );

    public static async Task<Results<Ok<RebuiltServer>, ProblemHttpResult>> Rebuild(long id, HttpContext context, ServerActions servers) =>
        await (await servers.Rebuild(context.Actor(), id)).ToResult(context, "server", TypedResults.Ok);

    private static ServerFilter Filter(ListQuery query, HttpContext context) =>
        new(
            query.Like,
            query.Text("role"),
            query.Text("state"),
            query.Text("reporting"),
            query.Text("tag"),
            context.RequestServices.GetRequiredService<IOptions<ProvisioningOptions>>().Value.OfflineAfter
        );

    public static Task<Results<Ok<Page<ServerView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, ServerView.Of);

    public static async Task<Results<Created<ServerFullView>, ProblemHttpResult>> Create(
        NewServerRequest request,
        HttpContext context,
        ServerActions actions
    )
    {
        var (settings, errors) = ServerRules.Check(
            request.Name,
            request.Roles,
            request.Address,
            request.Tags ?? [],
            request.WebsiteCapacity
        );
        if (settings is null)
            return Problems.Invalid([.. errors]);
        var created = await actions.Create(context.Actor(), settings);
        return await created.ToResult(
            context,
            "server",
            server => TypedResults.Created($"/api/admin/servers/{server.Id}", ServerFullView.Of(server))
        );
    }

    public static async Task<Results<Ok<ServerDetailView>, ProblemHttpResult>> One(
        long id,
        HttpContext context,
        ListDatabase database,
        IOptions<ProvisioningOptions> options
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        return await ServerFacts.Of(db, id, options.Value.OfflineAfter) is { } server
            ? TypedResults.Ok(new ServerDetailView(ServerFullView.Of(server), [.. await ServerFacts.Tokens(db, id)]))
            : Problems.NotFound("server");
    }

    public static async Task<Results<Ok<ServerFullView>, ProblemHttpResult>> Change(
        long id,
        ServerPatch patch,
        HttpContext context,
        ListDatabase database,
        ServerActions actions,
        IOptions<ProvisioningOptions> options
    )
    {
        if (patch.State is not null && !ServerRules.Working.Contains(patch.State))
            return Problems.Invalid([new("state", "unknown_state", $"Must be one of {string.Join(", ", ServerRules.Working)}.")]);
        if (await Find(id, context, database, options) is not { } server)
            return Problems.NotFound("server");
        var (settings, errors) = ServerRules.Check(
            patch.Name ?? server.Settings.Name,
            patch.Roles ?? server.Settings.Roles,
            patch.Address ?? server.Settings.Address,
            patch.Tags ?? server.Settings.Tags,
            patch.WebsiteCapacity ?? server.Settings.WebsiteCapacity
        );
        if (errors.Count > 0)
            return Problems.Invalid([.. errors]);
        var saved = await actions.Save(context.Actor(), id, patch.Version, patch.HasSettings ? settings : null, patch.State);
        return await saved.ToResult(
            context,
            "server",
            server => TypedResults.Ok(ServerFullView.Of(server)),
            now => $"The server is at version {now.Version}: somebody else changed it."
        );
    }

    public static async Task<Results<Ok<EnrolmentCodeView>, ProblemHttpResult>> Code(
        long id,
        HttpContext context,
        ServerActions actions,
        bool endOthers = false
    ) =>
        await (await actions.CreateCode(context.Actor(), id, endOthers)).ToResult(
            context,
            "server",
            made => TypedResults.Ok(new EnrolmentCodeView(made.Server, made.Code, (int)Enrolment.Validity.TotalSeconds))
        );

    public static async Task<Results<Ok<AgentToken>, ProblemHttpResult>> Revoke(
        long id,
        long tokenId,
        HttpContext context,
        ServerActions actions
    ) => await (await actions.Revoke(context.Actor(), id, tokenId)).ToResult(context, "token of that server", TypedResults.Ok);

    private static async Task<ServerDetail?> Find(
        long id,
        HttpContext context,
        ListDatabase database,
        IOptions<ProvisioningOptions> options
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        return await ServerFacts.Of(db, id, options.Value.OfflineAfter);
    }
}
