using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Domains;
using MPanel.Database.Lists;
using MPanel.Jobs.Text;
using MPanel.Web.Api.Domains;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Domains;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<DomainRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(DomainRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await DomainList.Read(db, DomainRoutes.Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "domains", await DomainList.Count(db, DomainRoutes.Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(DomainRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "domains",
            query,
            slice => DomainList.Read(db, DomainRoutes.Filter(query), slice),
            ("Domain", d => d.Name),
            ("As written", d => DomainName.Unicode(d.Name)),
            ("Status", d => d.Status),
            ("Customer", d => d.Customer),
            ("Website", d => d.WebsiteStatus),
            ("Created", d => d.CreatedAt)
        );
        return new EmptyResult();
    }
}
