using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Guardian;

/// <param name="Status">Always <c>offline</c>: no guardian is connected to this panel yet.</param>
/// <param name="LastHeartbeat">Null: there was none.</param>
/// <param name="Notes">What that means, for people.</param>
public sealed record GuardianStatus(string Status, DateTimeOffset? LastHeartbeat, string Notes)
{
    public static GuardianStatus Current { get; } =
        new(
            "offline",
            null,
            "No guardian is connected to this panel. When there is one, it watches the servers from outside, and its last heartbeat stands here."
        );
}

/// <param name="Deployed">False: there is nothing to deploy to.</param>
public sealed record GuardianDeployAnswer(bool Deployed, string Status, string Message);

public static class GuardianRoutes
{
    public static void MapGuardian(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/guardian/status", () => TypedResults.Ok(GuardianStatus.Current))
            .RequirePermission(Permissions.GuardianView)
            .WithSummary("Whether the guardian is connected");
        app.MapPost("/api/admin/guardian/deploy", Deploy)
            .RequirePermission(Permissions.GuardianManage)
            .WithSummary("Ask for a deployment: written down, and nothing more while no guardian is connected");
    }

    public static async Task<Ok<GuardianDeployAnswer>> Deploy(HttpContext context, GuardianDeployment guardian) =>
        TypedResults.Ok(await guardian.Ask(context));
}
