using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Roles;

[Permission("roles.manage")]
public sealed class NewModel(ListDatabase database, RoleAdministration roles) : RoleFields
{
    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        await Show(db, null, 0);
    }

    [Permission("roles.manage")]
    public async Task<IActionResult> OnPostAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await Check(db))
        {
            var (id, refusal) = await roles.Create(HttpContext, UserRules.RoleCode(Name!)!, Entered);
            if (id is { } created)
                return Done("The role is there.", $"/role-management/{created}");
            if (refusal == Refusal.Beyond)
                return StatusCode(StatusCodes.Status403Forbidden);
            ModelState.AddModelError(nameof(Name), refusal!.Text);
        }
        await Show(db, null, 0);
        return Page();
    }
}
