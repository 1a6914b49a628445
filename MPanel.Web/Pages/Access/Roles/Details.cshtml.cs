using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Access.Roles;

public sealed class DetailsModel(ListDatabase database, RoleActions roles) : RoleFields
{
    [BindProperty]
    public int Version { get; set; }

    public RoleRow Role { get; private set; } = null!;
    public IReadOnlyList<RoleMember> Members { get; private set; } = [];
    public EditConflict? Conflict { get; private set; }

    public bool Editable => May(MPanel.Jobs.Access.Permissions.RolesManage) && User.Authority().Covers(Role.Permissions, Role.IsSuperAdmin);

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (!await Load(db, id))
            return NotFound();
        (Name, Description, RequiresTwoFactor, Permissions) = (Role.Name, Role.Description, Role.RequiresTwoFactor, Role.Permissions);
        await Show(db, Role, Role.Version);
        return Page();
    }

    [Permission(MPanel.Jobs.Access.Permissions.RolesManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (!await Load(db, id))
            return NotFound();
        if (await Check(db))
        {
            var outcome = await roles.Edit(Actor, id, Version, Entered);
            if (outcome is not Outcome<RoleRow>.Conflict)
                return await Answer(outcome, _ => "Saved.");
            // Read again: it is somebody else's version that is shown.
            await Load(db, id);
            ShowConflict();
            Version = Role.Version;
        }
        await Show(db, Role, Version);
        return Page();
    }

    private void ShowConflict() =>
        Conflict = new EditConflict(
            "role",
            [
                new EditedField("Name", Role.Name, Name),
                new EditedField("Description", Role.Description, Description),
                new EditedField("Two-factor login required", Role.RequiresTwoFactor ? "yes" : "no", RequiresTwoFactor ? "yes" : "no"),
                new EditedField("Permissions", string.Join(", ", Role.Permissions), string.Join(", ", Permissions.Order())),
            ]
        );

    private async Task<bool> Load(NpgsqlConnection db, long id)
    {
        if (await Database.Access.Roles.Find(db, id) is not { } role)
            return false;
        Role = role;
        Members = await Database.Access.Roles.Members(db, id);
        return true;
    }
}
