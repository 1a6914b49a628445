namespace MPanel.Web.Platform.Http;

/// <summary>The API answers on its own port and the pages on theirs, so that a firewall can tell them apart.</summary>
public sealed class PortSeparation(RequestDelegate next, ListeningPorts ports)
{
    public Task Invoke(HttpContext context)
    {
        var onPagesPort = context.Connection.LocalPort == ports.Pages;
        if (onPagesPort != IsApi(context.Request.Path))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool IsApi(PathString path) =>
        path.StartsWithSegments("/api")
        || path.StartsWithSegments("/openapi")
        || path.StartsWithSegments("/healthz")
        || path.StartsWithSegments("/readyz")
        || path.StartsWithSegments("/metrics");
}

/// <summary>The ports as the server really opened them: port 0 in the settings means any free one.</summary>
public sealed class ListeningPorts
{
    public int Api { get; set; }
    public int Pages { get; set; }
}
