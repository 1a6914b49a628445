using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using MPanel.NodeAgent.Contract;
using MPanel.Web.Platform.Http;

namespace MPanel.Web.Api.Agents;

/// <summary>What node agents call; the paths are those of <see cref="WorkerRoutes"/>.</summary>
public static class WorkerApi
{
    private const long LogBody = 256 * 1024;

    // As many items as a part may have, each with a problem in words.
    private const long InventoryBody = 768 * 1024;

    // As many specifications as a request may have, each with all the names and redirects that a website may have.
    private const long KeptSpecsBody = 768 * 1024;

    // As many items as a request may have.
    private const long TrafficBody = 128 * 1024;

    public static IServiceCollection AddWorkerApi(this IServiceCollection services)
    {
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ServerTokenAuthentication>(ServerTokenAuthentication.SchemeName, null);
        services.AddSingleton<TaskSignal>();
        services.AddHostedService(provider => provider.GetRequiredService<TaskSignal>());
        services.AddSingleton<TaskClaims>();
        services.AddSingleton<EnrolmentLimit>();
        services.AddSingleton<ProvisioningLog>();
        return services;
    }

    public static void MapWorkerApi(this IEndpointRouteBuilder app)
    {
        app.MapPost(WorkerRoutes.Enroll, EnrollRoute.Handle)
            .AllowAnonymous()
            .Refuses(401, 429)
            .WithSummary("Exchange a one-time code for the server's token");
        app.MapPost(WorkerRoutes.Heartbeat, HeartbeatRoute.Handle).OnlyServers().WithSummary("The agent is alive, and how its node does");
        app.MapPost(WorkerRoutes.Inventory, InventoryRoute.Handle)
            .OnlyServers(InventoryBody)
            .WithSummary("What stands on the node, in parts: compared with what shall");
        app.MapPost(WorkerRoutes.KeptSpecs, KeptSpecsRoute.Handle)
            .OnlyServers(KeptSpecsBody)
            .WithSummary("What the node keeps of websites that it has later than the panel");
        app.MapPost(WorkerRoutes.Traffic, TrafficRoute.Handle)
            .OnlyServers(TrafficBody)
            .WithSummary("What the node's websites have moved, as totals of days");
        app.MapPost(WorkerRoutes.Claim, ClaimRoute.Handle).OnlyServers().WithSummary("Lease the next task, waiting for one if asked to");
        app.MapPost("/api/worker/tasks/{id:long}/renew", LeaseRoutes.Renew).OnlyServers().Refuses(404, 409).WithSummary("Keep the lease");
        app.MapPost("/api/worker/tasks/{id:long}/log", LeaseRoutes.Log)
            .OnlyServers(LogBody)
            .Refuses(404, 409)
            .WithSummary("Report log lines");
        app.MapPost("/api/worker/tasks/{id:long}/complete", LeaseRoutes.Complete)
            .OnlyServers()
            .Refuses(404, 409)
            .WithSummary("Report the outcome");
        app.MapPost("/api/worker/tasks/{id:long}/release", LeaseRoutes.Release)
            .OnlyServers()
            .Refuses(404, 409)
            .WithSummary("Give the task back untouched; costs no attempt");
    }

    private static RouteHandlerBuilder OnlyServers(this RouteHandlerBuilder route, long bodyLimit = HttpSetup.SmallBody) =>
        route
            .RequireAuthorization(
                new AuthorizationPolicyBuilder(ServerTokenAuthentication.SchemeName)
                    .RequireAuthenticatedUser()
                    .RequireClaim(ServerTokenAuthentication.ServerIdClaim)
                    .Build()
            )
            .WithMetadata(new RequestSizeLimitAttribute(bodyLimit));
}
