using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;
using MPanel.Web.Api.Access;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Users;

[Permission(Permissions.UsersManage)]
public sealed class InviteModel(ListDatabase database, UserActions users) : PanelPage
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    [BindProperty]
    public string[] Roles { get; set; } = [];

    public RoleChoice Choice { get; private set; } = null!;

    /// <summary>Shown this once.</summary>
    public string? Link { get; private set; }

    public long InvitedId { get; private set; }

    public Task OnGetAsync() => Load();

    [Permission(Permissions.UsersManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostAsync()
    {
        if (UserRules.CheckEmail(Email) is { } wrongEmail)
            ModelState.AddModelError(nameof(Email), wrongEmail);
        if (UserRules.CheckName(DisplayName) is { } wrongName)
            ModelState.AddModelError(nameof(DisplayName), wrongName);
        if (ModelState.IsValid)
        {
            var email = EmailAddress.Normalize(Email)!;
            var outcome = await users.Invite(Actor, email, DisplayName!.Trim(), Roles);
            if (outcome is Outcome<NewInvitation>.Done { Value: var made })
                (InvitedId, Link) = (made.UserId, $"{Request.Scheme}://{Request.Host}{Invited.Of(made).Link}");
            else if (outcome is Outcome<NewInvitation>.Refused { Why: { Kind: RefusalKind.State } why })
                ModelState.AddModelError(why.Code == UserActions.EmailTaken ? nameof(Email) : "", why.Text);
            else
                return await NotDone(outcome);
        }
        await Load();
        return Page();
    }

    private async Task Load()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Choice = new RoleChoice(await Database.Access.Roles.All(db), Roles, User.Authority());
    }
}
