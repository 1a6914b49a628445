using MPanel.Web.Api;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Platform.Modules;

/// <summary>What a module that is not built yet answers, with status 501.</summary>
public sealed record NotImplementedAnswer(bool NotImplemented);

public static class ComingSoonRoutes
{
    public static void MapComingSoon(this IEndpointRouteBuilder app)
    {
        foreach (var module in PanelModules.All.Where(m => !m.IsBuilt))
            app.MapGet(
                    module.Api!,
                    () => TypedResults.Json(new NotImplementedAnswer(true), statusCode: StatusCodes.Status501NotImplemented)
                )
                .RequirePermission([.. module.Permissions])
                .Produces<NotImplementedAnswer>(StatusCodes.Status501NotImplemented)
                .WithSummary($"{module.Title}: not built yet");
    }
}
