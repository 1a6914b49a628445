using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Jobs.Access;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Servers;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Servers;

/// <param name="Name">The server's, to be sure.</param>
/// <param name="Reason">For the audit log: 1 to 500 characters on one line.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LostServerRequest(string Name, string Reason);

/// <summary>What would be lost with a server.</summary>
/// <param name="Websites">The first 200 of those that stand there, by name.</param>
public sealed record ServerLossView(ServerLoss Loss, IReadOnlyList<ServerWebsiteRow> Websites);

/// <summary>How servers leave for good.</summary>
public static class RetirementRoutes
{
    private const int MostShown = 200;

    public static void MapRetirement(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/admin/servers/{id:long}/retire", Retire)
            .RequirePermission(Permissions.ServersManage)
            .Refuses(404, 409)
            .WithSummary("Retire an empty server");
        app.MapGet("/api/admin/servers/{id:long}/loss", Loss)
            .RequirePermission(Permissions.ServersView)
            .Refuses(404)
            .WithSummary("What would be lost with a server");
        app.MapPost("/api/admin/servers/{id:long}/declare-lost", DeclareLost)
            .RequirePermission(Permissions.ServersManage)
            .Refuses(404, 409)
            .WithSummary("Give a silent server up, with all that stands there");
    }

    public static async Task<Results<Ok<ServerFullView>, ProblemHttpResult>> Retire(
        long id,
        HttpContext context,
        RetirementActions actions
    ) => await (await actions.Retire(context.Actor(), id)).ToResult(context, "server", s => TypedResults.Ok(ServerFullView.Of(s)));

    public static async Task<Results<Ok<ServerLossView>, ProblemHttpResult>> Loss(
        long id,
        HttpContext context,
        ListDatabase database,
        IOptions<ProvisioningOptions> options
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        return await ServerLoss.Of(db, id, options.Value.GoneAfter, options.Value.OfflineAfter) is { } loss
            ? TypedResults.Ok(new ServerLossView(loss, await ServerLoss.Websites(db, id, MostShown)))
            : Problems.NotFound("server");
    }

    public static async Task<Results<Ok<ServerFullView>, ProblemHttpResult>> DeclareLost(
        long id,
        LostServerRequest request,
        HttpContext context,
        RetirementActions actions
    ) =>
        await (await actions.DeclareLost(context.Actor(), id, request.Name, request.Reason)).ToResult(
            context,
            "server",
            s => TypedResults.Ok(ServerFullView.Of(s))
        );
}
