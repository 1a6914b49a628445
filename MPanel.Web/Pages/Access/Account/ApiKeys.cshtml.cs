using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api.Access;
using MPanel.Web.Pages.Access.Roles;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Account;

/// <summary>One's own keys. Everybody may make them: they can do nothing that their owner can't.</summary>
[SignedIn]
public sealed class ApiKeysModel(ListDatabase database, KeyActions keys) : PanelPage
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public int? Days { get; set; } = KeyRules.PersonalLife;

    /// <summary>Scopes.</summary>
    [BindProperty]
    public string[] Chosen { get; set; } = [];

    public IReadOnlyList<ApiKeyListRow> Rows { get; private set; } = [];

    /// <summary>What the owner may.</summary>
    public IReadOnlyList<PermissionGroup> Groups { get; private set; } = [];

    public IEnumerable<KeyValuePair<string, string>> Power => Scopes.OfPower.Where(s => May(Scopes.PermissionOfPower[s.Key]));

    /// <summary>Shown this once.</summary>
    public string? Key { get; private set; }

    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Rows = await PersonalKeys.Of(db, UserId);
        Groups = PermissionGroup.Of([.. (await Database.Access.Roles.Permissions(db)).Where(p => May(p.Code))]);
    }

    [AsksPassword]
    public async Task<IActionResult> OnPostAsync()
    {
        await using (var db = await database.Open(HttpContext.RequestAborted))
        {
            if (KeyRules.CheckName(Name) is { } wrongName)
                ModelState.AddModelError(nameof(Name), wrongName);
            if (KeyRules.CheckPersonalDays(Days) is { } wrongDays)
                ModelState.AddModelError(nameof(Days), wrongDays);
            if (await ApiKeyRoutes.CheckScopes(db, Chosen) is { } wrongScopes)
                ModelState.AddModelError(nameof(Chosen), wrongScopes);
        }
        if (ModelState.IsValid)
        {
            var outcome = await keys.CreatePersonal(Actor, Name!.Trim(), Chosen, Days!.Value);
            if (outcome is not Outcome<NewKey>.Done { Value: var key })
                return await NotDone(outcome);
            Key = key.Text;
        }
        await OnGetAsync();
        return Page();
    }

    [AsksPassword]
    public async Task<IActionResult> OnPostRotateAsync(long id)
    {
        // Its other fields belong to the form of a new key.
        ModelState.Clear();
        var outcome = await keys.RotateOwn(Actor, id);
        if (outcome is not Outcome<NewKey>.Done { Value: var key })
            return await NotDone(outcome);
        Key = key.Text;
        await OnGetAsync();
        return Page();
    }

    [AsksPassword]
    public async Task<IActionResult> OnPostResumeAsync(long id) => await Answer(await keys.Resume(Actor, id), _ => "The key works again.");

    /// <summary>Without the password: ending a lost key must be quick.</summary>
    public async Task<IActionResult> OnPostRevokeAsync(long id) =>
        await Answer(await keys.RevokeOwn(Actor, id), _ => "The key is revoked, and every key that it made.");
}
