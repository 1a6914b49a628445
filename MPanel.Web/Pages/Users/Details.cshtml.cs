using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Users;

public sealed class DetailsModel(ListDatabase database, UserAdministration users, IOptions<AccessOptions> options) : PanelPage
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

    public bool Editable => May("users.manage") && Authority.Of(User).Covers(Row.Permissions, Row.IsSuperAdmin);

    public async Task<IActionResult> OnGetAsync()
    {
        if (!await Load())
            return NotFound();
        (DisplayName, Roles, Version) = (Row.DisplayName, Row.Roles, Row.Version);
        return Page();
    }

    [Permission("users.manage")]
    public async Task<IActionResult> OnPostAsync()
    {
        if (UserRules.CheckName(DisplayName) is { } wrong)
            ModelState.AddModelError(nameof(DisplayName), wrong);
        var refusal = ModelState.IsValid ? await users.Edit(HttpContext, Id, Version, DisplayName!.Trim(), Roles) : null;
        if (ModelState.IsValid && refusal is null)
            return Done("Saved.");
        if (refusal?.Status is 403 or 404)
            return StatusCode(refusal.Status);
        if (!await Load())
            return NotFound();
        if (refusal == Refusal.Conflict)
            ShowConflict();
        else if (refusal is not null)
            ModelState.AddModelError("", refusal.Text);
        return Page();
    }

    [Permission("users.manage")]
    public async Task<IActionResult> OnPostDisableAsync() =>
        Answer(await users.Disable(HttpContext, Id, delete: false), "Disabled, and signed out everywhere.");

    [Permission("users.manage")]
    public async Task<IActionResult> OnPostDeleteAsync() => Answer(await users.Disable(HttpContext, Id, delete: true), "Deleted.");

    [Permission("users.manage")]
    public async Task<IActionResult> OnPostEnableAsync() => Answer(await users.Enable(HttpContext, Id), "They can sign in again.");

    [Permission("users.manage")]
    public async Task<IActionResult> OnPostResetTwoFactorAsync() =>
        Answer(await users.ResetTwoFactor(HttpContext, Id), "Two-factor login is off, and they are signed out everywhere.");

    [Permission("users.manage")]
    public async Task<IActionResult> OnPostEndSessionsAsync() =>
        Answer(await users.EndSessions(HttpContext, Id), "They are signed out everywhere.");

    [Permission("users.manage")]
    public async Task<IActionResult> OnPostInviteAgainAsync()
    {
        var (invited, refusal) = await users.InviteAgain(HttpContext, Id);
        if (invited is null)
            return Answer(refusal, "");
        Link = $"{Request.Scheme}://{Request.Host}{invited.Link}";
        return await OnGetAsync();
    }

    private IActionResult Answer(Refusal? refusal, string done) =>
        refusal is null ? Done(done)
        : refusal.Status is 403 or 404 ? StatusCode(refusal.Status)
        : Refused(refusal.Text);

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
        Choice = new RoleChoice(await Database.Access.Roles.All(db), chosen, Authority.Of(User));
        return true;
    }
}
