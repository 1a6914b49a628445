using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Web.Api.Access;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Security.ApiKeys;

public sealed class IndexModel(ListDatabase database, KeyAdministration keys)
    : ListPage<ApiKeyListRow, ApiKeyFilter>(ApiKeyRoutes.List, database)
{
    /// <summary>Shown this once.</summary>
    public string? Key { get; private set; }

    [Permission("security.manage")]
    public async Task<IActionResult> OnPostRotateAsync(long id, int hours)
    {
        if (hours < 0 || hours > KeyAdministration.LongestOverlap.TotalHours)
            return Refused("The old key can go on for 7 days at most.");
        var (key, refusal) = await keys.Rotate(HttpContext, id, TimeSpan.FromHours(hours));
        if (key is null)
            return refusal!.Status is 403 or 404 ? StatusCode(refusal.Status) : Refused(refusal.Text);
        Key = key;
        await OnGetAsync();
        return Page();
    }

    [Permission("security.manage")]
    public async Task<IActionResult> OnPostRevokeAsync(long id) =>
        await keys.Revoke(HttpContext, id) is { } refusal
            ? refusal.Status is 403 or 404
                ? StatusCode(refusal.Status)
                : Refused(refusal.Text)
            : Done("The key is revoked.");
}
