using System.Security.Claims;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Platform.Modules;

/// <summary>One entry of the panel's menu. Menu, page policies, "Coming soon" pages, 501 routes and the test that opens every page come from these.</summary>
/// <param name="Code">Names it in code and tests.</param>
/// <param name="Route">Path of its first page; what lies below it belongs to it too, unless another module's route is longer.</param>
/// <param name="Icon">A file of wwwroot/lib/tabler-icons.</param>
/// <param name="Permission">What one needs to see it.</param>
/// <param name="ComingSoon">What it will do, where it is not built yet; null where it is.</param>
/// <param name="Api">For what is not built yet: the GET route that answers 501.</param>
/// <param name="OrAny">Further permissions, each of which will do instead of the first.</param>
public sealed record Module(
    string Code,
    string Group,
    string Title,
    string Route,
    string Icon,
    string Permission,
    string? ComingSoon = null,
    string? Api = null,
    IReadOnlyList<string>? OrAny = null
)
{
    public bool IsBuilt => ComingSoon is null;

    /// <summary>One of these is enough.</summary>
    public IReadOnlyList<string> Permissions { get; } = [Permission, .. OrAny ?? []];

    public bool IsFor(ClaimsPrincipal user) => Permissions.Any(user.HasPermission);

    public bool Contains(PathString path) => path.StartsWithSegments(Route, StringComparison.OrdinalIgnoreCase);
}
