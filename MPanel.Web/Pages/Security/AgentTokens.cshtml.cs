using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Security;

public sealed class AgentTokensModel(ListDatabase database) : PanelPage
{
    public static readonly ListDefinition Definition = new(
        "-created",
        "Server",
        AgentTokenList.Sorts,
        [ListFilter.OneOf("status", "Status", "active", "revoked")]
    );

    public ListView List { get; private set; } = null!;
    public IReadOnlyList<AgentTokenRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(Definition);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await AgentTokenList.Read(db, Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "tokens", await AgentTokenList.Count(db, Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(Definition);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "agent-tokens",
            query,
            slice => AgentTokenList.Read(db, Filter(query), slice),
            ("Server", t => t.Server),
            ("Token", t => t.Prefix),
            ("Status", t => t.Status),
            ("Last used", t => t.LastUsedAt),
            ("Enrolled", t => t.CreatedAt)
        );
        return new EmptyResult();
    }

    private static AgentTokenFilter Filter(ListQuery query) => new(query.Like, query.Text("status"));
}
