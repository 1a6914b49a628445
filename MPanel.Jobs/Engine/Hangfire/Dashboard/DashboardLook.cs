using System.Reflection;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>
/// What the panel changes of the dashboard's looks: links are underlined, colours have contrast, controls have names, and light or dark is
/// as chosen in the panel. Hangfire itself has scripts at a page's end only, where a page would flash in the other colours first: so one
/// is put into its head.
/// </summary>
internal static class DashboardLook
{
    private const string ScriptPath = "/panel-look";
    private static readonly Assembly Here = typeof(DashboardLook).Assembly;

    public static void Add()
    {
        DashboardRoutes.AddStylesheet(Here, Resource("dashboard.css"));
        DashboardRoutes.AddStylesheetDarkMode(Here, Resource("dashboard-dark.css"));
        DashboardRoutes.Routes.Add(ScriptPath, new ScriptDispatcher());
    }

    /// <summary>Middleware around the dashboard.</summary>
    public static async Task Dress(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        await using var page = new MemoryStream();
        context.Response.Body = page;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }
        page.Position = 0;
        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true)
        {
            await page.CopyToAsync(body, context.RequestAborted);
            return;
        }
        using var reader = new StreamReader(page);
        var html = await reader.ReadToEndAsync(context.RequestAborted);
        var script = $"""<script src="{context.Request.PathBase}{ScriptPath}"></script></head>""";
        await context.Response.WriteAsync(html.Replace("</head>", script, StringComparison.Ordinal), context.RequestAborted);
    }

    private static string Resource(string name) => $"dashboard/{name}";

    private sealed class ScriptDispatcher : IDashboardDispatcher
    {
        public async Task Dispatch(DashboardContext context)
        {
            context.Response.ContentType = "text/javascript; charset=utf-8";
            await using var script = Here.GetManifestResourceStream(Resource("dashboard.js"))!;
            await script.CopyToAsync(context.Response.Body);
        }
    }
}
