using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Tests.Support;
using MPanel.Web.Platform.Security;

namespace MPanel.Tests.Integration.Web;

/// <summary>A route of the API below /api/admin.</summary>
/// <param name="Pattern">With its parameters in braces, without their constraints.</param>
/// <param name="Permission">What a key needs for it; of several, with blanks between them, one is enough.</param>
/// <param name="TakesBody">It reads JSON.</param>
internal sealed record ApiRoute(string Method, string Pattern, string Permission, bool TakesBody);

/// <summary>A page that takes a permission.</summary>
/// <param name="Permission">Of several, with blanks between them, one is enough.</param>
/// <param name="Posts">Its handlers that change something: name, null for the nameless one, and their own permission.</param>
/// <param name="Gets">Names of its further handlers that only read.</param>
internal sealed record PageRoute(
    string Pattern,
    string Permission,
    IReadOnlyList<(string? Name, string Permission)> Posts,
    IReadOnlyList<string> Gets
)
{
    public bool HasParameter => Pattern.Contains('{', StringComparison.Ordinal);
}

/// <summary>What the running program serves, as it says itself: a new page or route is in every test that asks here.</summary>
internal static partial class PanelRoutes
{
    public static IReadOnlyList<ApiRoute> Api(PanelServer panel) =>
        [
            .. Endpoints(panel)
                .Where(e =>
                    e.Metadata.GetMetadata<PageActionDescriptor>() is null && Pattern(e).StartsWith("/api/admin/", StringComparison.Ordinal)
                )
                .SelectMany(e =>
                    e.Metadata.GetMetadata<HttpMethodMetadata>()!
                        .HttpMethods.Select(m => new ApiRoute(
                            m,
                            Pattern(e),
                            PermissionOf(e)!,
                            e.Metadata.GetMetadata<IAcceptsMetadata>() is not null
                        ))
                ),
        ];

    public static async Task<IReadOnlyList<PageRoute>> Pages(PanelServer panel)
    {
        var loader = panel.Services.GetRequiredService<PageLoader>();
        var routes = new List<PageRoute>();
        foreach (var endpoint in Endpoints(panel))
        {
            // The template of the pages of what is not built yet has no page of its own.
            if (
                endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not { } page
                || PermissionOf(endpoint) is not { } permission
                || Pattern(endpoint) == "/coming-soon"
            )
                continue;
            var handlers = (await loader.LoadAsync(page, EndpointMetadataCollection.Empty)).HandlerMethods;
            routes.Add(
                new PageRoute(
                    Pattern(endpoint),
                    permission,
                    [
                        .. handlers
                            .Where(h => h.HttpMethod == "Post")
                            .Select(h => (h.Name, h.MethodInfo.GetCustomAttribute<PermissionAttribute>()!.Code)),
                    ],
                    [.. handlers.Where(h => h.HttpMethod == "Get" && h.Name is not null).Select(h => h.Name!)]
                )
            );
        }
        return routes;
    }

    public static async Task<string[]> AllPermissions(PanelServer panel, params string[] but)
    {
        await using var db = await panel.DataSource.OpenConnectionAsync();
        return [.. await db.QueryAsync<string>("select code from permissions where code <> all (@but) order by code", new { but })];
    }

    /// <summary>The route with this in place of each parameter.</summary>
    public static string With(string pattern, string value) => Parameter().Replace(pattern, value);

    private static IEnumerable<RouteEndpoint> Endpoints(PanelServer panel) =>
        panel.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    private static string Pattern(RouteEndpoint endpoint) =>
        "/" + Constraint().Replace(endpoint.RoutePattern.RawText ?? "", "}").TrimStart('/');

    private static string? PermissionOf(RouteEndpoint endpoint) =>
        endpoint
            .Metadata.GetOrderedMetadata<AuthorizationPolicy>()
            .SelectMany(p => p.Requirements.OfType<ClaimsAuthorizationRequirement>())
            .Where(r => r.ClaimType == ApiKeyAuthentication.PermissionClaim)
            .Select(r => string.Join(' ', r.AllowedValues!))
            .SingleOrDefault();

    [GeneratedRegex(@":[a-z]+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
