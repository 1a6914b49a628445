using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Text;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Users;

[Permission("users.manage")]
public sealed class InviteModel(ListDatabase database, UserAdministration users) : PanelPage
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

    [Permission("users.manage")]
    public async Task<IActionResult> OnPostAsync()
    {
        if (UserRules.CheckEmail(Email) is { } wrongEmail)
            ModelState.AddModelError(nameof(Email), wrongEmail);
        if (UserRules.CheckName(DisplayName) is { } wrongName)
            ModelState.AddModelError(nameof(DisplayName), wrongName);
        if (ModelState.IsValid)
        {
            var email = EmailAddress.Normalize(Email)!;
            var (invited, refusal) = await users.Invite(HttpContext, email, DisplayName!.Trim(), Roles);
            if (invited is not null)
                (InvitedId, Link) = (invited.Id, $"{Request.Scheme}://{Request.Host}{invited.Link}");
            else if (refusal == Refusal.Beyond)
                return StatusCode(StatusCodes.Status403Forbidden);
            else
                ModelState.AddModelError(refusal!.Code == "email_taken" ? nameof(Email) : "", refusal.Text);
        }
        await Load();
        return Page();
    }

    private async Task Load()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Choice = new RoleChoice(await Database.Access.Roles.All(db), Roles, Authority.Of(User));
    }
}
