using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Access.Roles;

/// <summary>The fields of a role, as the pages for a new one and for a known one read them.</summary>
public abstract class RoleFields : PanelPage
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    [BindProperty]
    public bool RequiresTwoFactor { get; set; }

    [BindProperty]
    public string[] Permissions { get; set; } = [];

    public RoleForm Form { get; protected set; } = null!;

    protected RoleContent Entered => new(Name!.Trim(), Description?.Trim() ?? "", RequiresTwoFactor, Permissions);

    protected async Task<bool> Check(NpgsqlConnection db)
    {
        if (UserRules.CheckName(Name) is { } wrongName)
            ModelState.AddModelError(nameof(Name), wrongName);
        else if (UserRules.RoleCode(Name!) is null)
            ModelState.AddModelError(nameof(Name), "Use some letters or digits.");
        if (UserRules.CheckDescription(Description) is { } wrongDescription)
            ModelState.AddModelError(nameof(Description), wrongDescription);
        var known = (await Database.Access.Roles.Permissions(db)).Select(p => p.Code).ToHashSet();
        if (!Permissions.All(known.Contains))
            ModelState.AddModelError("", "One of the permissions does not exist.");
        return ModelState.IsValid;
    }

    protected async Task Show(NpgsqlConnection db, RoleRow? role, int version) =>
        Form = new RoleForm(
            role,
            Name ?? "",
            Description ?? "",
            RequiresTwoFactor,
            Permissions,
            version,
            PermissionGroup.Of(await Database.Access.Roles.Permissions(db)),
            User.Authority(),
            ModelState
        );
}
