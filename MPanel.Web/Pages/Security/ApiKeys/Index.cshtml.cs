using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api.Access;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Security.ApiKeys;

public sealed class IndexModel(ListDatabase database, KeyActions keys) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<ApiKeyListRow> Rows { get; private set; } = [];

    /// <summary>Shown this once.</summary>
    public string? Key { get; private set; }

    public async Task OnGetAsync()
    {
        var query = ReadList(ApiKeyRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await ApiKeyList.Read(db, ApiKeyRoutes.Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "keys", await ApiKeyList.Count(db, ApiKeyRoutes.Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(ApiKeyRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "api-keys",
            query,
            slice => ApiKeyList.Read(db, ApiKeyRoutes.Filter(query), slice),
            ("Name", k => k.Name),
            ("Visible part", k => k.Prefix),
            ("Status", k => k.Status),
            ("Scopes", k => string.Join(' ', k.Scopes)),
            ("Last used", k => k.LastUsedAt),
            ("Expires", k => k.ExpiresAt),
            ("Made", k => k.CreatedAt),
            ("By", k => k.CreatedBy)
        );
        return new EmptyResult();
    }

    [Permission(Permissions.SecurityManage)]
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
    public async Task<IActionResult> OnPostRevokeAsync(long id) => await Answer(await keys.Revoke(Actor, id), _ => "The key is revoked.");
}
