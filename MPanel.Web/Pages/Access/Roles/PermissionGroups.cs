using MPanel.Database.Access;
using MPanel.Web.Platform.Modules;

namespace MPanel.Web.Pages.Access.Roles;

/// <param name="Title">Of the module whose permissions these are.</param>
public sealed record PermissionGroup(string Title, IReadOnlyList<PermissionRow> Permissions)
{
    /// <summary>In the menu's order; permissions of no module come last.</summary>
    public static IReadOnlyList<PermissionGroup> Of(IEnumerable<PermissionRow> permissions) =>
        [
            .. permissions
                .GroupBy(p => p.Code.Split('.')[0])
                .OrderBy(g => Position(g.Key))
                .ThenBy(g => g.Key)
                .Select(g => new PermissionGroup(
                    TitleOf(g.Key),
                    [.. g.OrderByDescending(p => p.Code.EndsWith(".view", StringComparison.Ordinal))]
                )),
        ];

    /// <summary>What several permissions open is nobody's own.</summary>
    private static Module? ModuleOf(string prefix) =>
        PanelModules.All.FirstOrDefault(m => m.Permissions.Count == 1 && m.Permission.Split('.')[0] == prefix);

    private static int Position(string prefix) => ModuleOf(prefix) is { } module ? PanelModules.All.ToList().IndexOf(module) : int.MaxValue;

    private static string TitleOf(string prefix) => ModuleOf(prefix)?.Title ?? $"{char.ToUpperInvariant(prefix[0])}{prefix[1..]}";
}
