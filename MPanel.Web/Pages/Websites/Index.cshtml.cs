using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Websites;
using MPanel.Web.Api.Websites;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Websites;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<WebsiteRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(WebsiteRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await WebsiteList.Read(db, WebsiteRoutes.Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "websites", await WebsiteList.Count(db, WebsiteRoutes.Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(WebsiteRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "websites",
            query,
            slice => WebsiteList.Read(db, WebsiteRoutes.Filter(query), slice),
            ("Domain", w => w.Domain),
            ("Status", w => w.Status),
            ("Plan", w => w.Plan),
            ("Customer", w => w.Customer),
            ("Server", w => w.Server),
            ("Created", w => w.CreatedAt)
        );
        return new EmptyResult();
    }
}
