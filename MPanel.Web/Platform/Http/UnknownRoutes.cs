namespace MPanel.Web.Platform.Http;

/// <summary>404 and 405 come before authorization: they are about routes that do not exist, so nobody can be let in or kept out.</summary>
public sealed class UnknownRoutes(RequestDelegate next)
{
    public Task Invoke(HttpContext context)
    {
        switch (context.GetEndpoint())
        {
            case null:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            // Ours are RouteEndpoints; the router's own answers (405) are not.
            case not RouteEndpoint and { RequestDelegate: { } answer }:
                return answer(context);
            default:
                return next(context);
        }
    }
}
