using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api.Access;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Security.ApiKeys;

public sealed class IndexModel(ListDatabase database, KeyActions keys) : ListPage<ApiKeyListRow, ApiKeyFilter>(ApiKeyRoutes.List, database)
{
    /// <summary>Shown this once.</summary>
    public string? Key { get; private set; }

    [Permission(Permissions.SecurityManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostRotateAsync(long id, int hours)
    {
        if (hours < 0 || hours > KeyActions.LongestOverlap.TotalHours)
            return Refused("The old key can go on for 7 days at most.");
        var outcome = await keys.Rotate(Actor, id, TimeSpan.FromHours(hours));
        if (outcome is not Outcome<NewKey>.Done { Value: var key })
            return await NotDone(outcome);
        Key = key.Text;
        await OnGetAsync();
        return Page();
    }

    [Permission(Permissions.SecurityManage)]
    public async Task<IActionResult> OnPostRevokeAsync(long id) =>
        await Answer(
            await keys.Revoke(Actor, id),
            madeByIt => madeByIt == 0 ? "The key is revoked." : $"The key is revoked, and {madeByIt} that it made."
        );

    [Permission(Permissions.SecurityManage)]
    public async Task<IActionResult> OnPostKeepAsync(long id) => await Answer(await keys.Keep(Actor, id), _ => "The key is kept.");
}
