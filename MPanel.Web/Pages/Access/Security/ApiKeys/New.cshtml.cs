using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api.Access;
using MPanel.Web.Pages.Access.Roles;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Security.ApiKeys;

[Permission(Permissions.SecurityManage)]
public sealed class NewModel(ListDatabase database, KeyActions keys) : PanelPage
{
    [BindProperty]
    public string? Name { get; set; }

    /// <summary>Null for a key that does not expire.</summary>
    [BindProperty]
    public int? Days { get; set; }

    /// <summary>Scopes.</summary>
    [BindProperty]
    public string[] Chosen { get; set; } = [];

    public bool MayGive(string scope) => Scopes.MayGive(Actor, [scope]);

    public IReadOnlyList<PermissionGroup> Groups { get; private set; } = [];

    /// <summary>Shown this once.</summary>
    public string? Key { get; private set; }

    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Groups = PermissionGroup.Of(await Database.Access.Roles.Permissions(db));
    }

    [Permission(Permissions.SecurityManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostAsync()
    {
        await OnGetAsync();
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (KeyRules.CheckName(Name) is { } wrongName)
            ModelState.AddModelError(nameof(Name), wrongName);
        if (await ApiKeyRoutes.CheckScopes(db, Chosen) is { } wrongScopes)
            ModelState.AddModelError(nameof(Chosen), wrongScopes);
        if (KeyRules.CheckDays(Days) is not null)
            ModelState.AddModelError(nameof(Days), "Choose from the list.");
        if (!ModelState.IsValid)
            return Page();
        var outcome = await keys.Create(Actor, Name!.Trim(), Chosen, Days);
        if (outcome is not Outcome<NewKey>.Done { Value: var key })
            return await NotDone(outcome);
        Key = key.Text;
        return Page();
    }
}
