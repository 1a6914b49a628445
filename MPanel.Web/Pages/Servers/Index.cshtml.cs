using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api.Servers;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Servers;

public sealed class IndexModel(ListDatabase database, IOptions<ProvisioningOptions> options) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<ServerRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(ServerRoutes.List);
        var filter = ServerRoutes.Filter(query, options.Value);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await ServerList.Read(db, filter, query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "servers", await ServerList.Count(db, filter), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(ServerRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "servers",
            query,
            slice => ServerList.Read(db, ServerRoutes.Filter(query, options.Value), slice),
            ("Name", s => s.Name),
            ("Role", s => s.Role),
            ("Address", s => s.Address),
            ("State", s => s.State),
            ("Online", s => s.Online ? "yes" : "no"),
            ("Tags", s => string.Join(' ', s.Tags)),
            ("Websites", s => s.WebsiteCount),
            ("Capacity", s => s.WebsiteCapacity),
            ("Agent version", s => s.AgentVersion),
            ("Last heartbeat", s => s.HeardAt),
            ("Created", s => s.CreatedAt)
        );
        return new EmptyResult();
    }
}
