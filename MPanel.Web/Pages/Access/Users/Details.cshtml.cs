using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api.Access;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Users;

public sealed class DetailsModel(ListDatabase database, UserActions users, IOptions<AccessOptions> options) : PanelPage
{
    [BindProperty(SupportsGet = true)]
    public long Id { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    [BindProperty]
    public string[] Roles { get; set; } = [];

    [BindProperty]
    public int Version { get; set; }

    public UserDetail Row { get; private set; } = null!;
    public RoleChoice Choice { get; private set; } = null!;
    public IReadOnlyList<SessionRow> Sessions { get; private set; } = [];
    public EditConflict? Conflict { get; private set; }

    /// <summary>Shown this once.</summary>
    public string? Link { get; private set; }

    public bool Editable => May(Permissions.UsersManage) && User.Authority().Covers(Row.Permissions, Row.IsSuperAdmin);

    public async Task<IActionResult> OnGetAsync()
    {
        if (!await Load())
            return NotFound();
        (DisplayName, Roles, Version) = (Row.DisplayName, Row.Roles, Row.Version);
        return Page();
    }

    [Permission(Permissions.UsersManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostAsync()
    {
        if (UserRules.CheckName(DisplayName) is { } wrong)
            ModelState.AddModelError(nameof(DisplayName), wrong);
        var outcome = ModelState.IsValid ? await users.Edit(Actor, Id, Version, DisplayName!.Trim(), Roles) : null;
        switch (outcome)
        {
            case Outcome<UserDetail>.Done:
                return Done("Saved.");
            case Outcome<UserDetail>.Missing or Outcome<UserDetail>.Refused { Why.Kind: RefusalKind.Authority }:
                return await NotDone(outcome);
        }
        if (!await Load())
            return NotFound();
        if (outcome is Outcome<UserDetail>.Conflict)
            ShowConflict();
        else if (outcome is Outcome<UserDetail>.Refused { Why: var why })
            ModelState.AddModelError("", why.Text);
        return Page();
    }

    [Permission(Permissions.UsersManage)]
    public async Task<IActionResult> OnPostDisableAsync() =>
        await Answer(await users.Disable(Actor, Id, delete: false), _ => "Disabled, and signed out everywhere.");

    [Permission(Permissions.UsersManage)]
    public async Task<IActionResult> OnPostDeleteAsync() => await Answer(await users.Disable(Actor, Id, delete: true), _ => "Deleted.");

    [Permission(Permissions.UsersManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostEnableAsync() => await Answer(await users.Enable(Actor, Id), _ => "They can sign in again.");

    [Permission(Permissions.UsersManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostResetTwoFactorAsync() =>
        await Answer(await users.ResetTwoFactor(Actor, Id), _ => "Two-factor login is off, and they are signed out everywhere.");

    [Permission(Permissions.UsersManage)]
    public async Task<IActionResult> OnPostEndSessionsAsync() =>
        await Answer(await users.EndSessions(Actor, Id), _ => "They are signed out everywhere, and their personal keys are suspended.");

    [Permission(Permissions.UsersManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostInviteAgainAsync()
    {
        var outcome = await users.InviteAgain(Actor, Id);
        if (outcome is not Outcome<NewInvitation>.Done { Value: var made })
            return await NotDone(outcome);
        Link = $"{Request.Scheme}://{Request.Host}{Invited.Of(made).Link}";
        return await OnGetAsync();
    }

    private void ShowConflict()
    {
        Conflict = new EditConflict(
            "user",
            [
                new EditedField("Name", Row.DisplayName, DisplayName),
                new EditedField("Roles", string.Join(", ", Row.Roles.Order()), string.Join(", ", Roles.Order())),
            ]
        );
        Version = Row.Version;
        ModelState.Remove(nameof(Version));
    }

    private async Task<bool> Load()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await UserFacts.Of(db, Id) is not { } row)
            return false;
        Row = row;
        Sessions = await Database.Access.Sessions.Live(db, Id, options.Value.SessionIdle);
        var chosen = HttpMethods.IsPost(Request.Method) && Link is null ? Roles : row.Roles;
        Choice = new RoleChoice(await Database.Access.Roles.All(db), chosen, User.Authority());
        return true;
    }
}
