using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Roles;

[Permission(MPanel.Jobs.Access.Permissions.RolesManage)]
public sealed class NewModel(ListDatabase database, RoleActions roles) : RoleFields
{
    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        await Show(db, null, 0);
    }

    [Permission(MPanel.Jobs.Access.Permissions.RolesManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await Check(db))
        {
            var outcome = await roles.Create(Actor, Entered);
            if (outcome is Outcome<RoleRow>.Done { Value.Id: var id })
                return Done("The role is there.", $"/role-management/{id}");
            if (outcome is not Outcome<RoleRow>.Refused { Why: { Kind: RefusalKind.State } why })
                return await NotDone(outcome);
            ModelState.AddModelError(nameof(Name), why.Text);
        }
        await Show(db, null, 0);
        return Page();
    }
}
