using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Access.Security;

public sealed class AgentTokensModel(ListDatabase database) : ListPage<AgentTokenRow, AgentTokenFilter>(All, database)
{
    private static readonly PanelList<AgentTokenRow, AgentTokenFilter> All = new(
        "tokens",
        new ListDefinition("-created", "Server", AgentTokenList.Sorts, [ListFilter.OneOf("status", "Status", [.. TokenState.All])]),
        (query, _) => new AgentTokenFilter(query.Like, query.Text("status")),
        AgentTokenList.Read,
        (db, filter, _) => AgentTokenList.Count(db, filter),
        new("Server", t => t.Server),
        new("Token", t => t.Prefix),
        new("Status", t => t.Status),
        new("Last used", t => t.LastUsedAt),
        new("Enrolled", t => t.CreatedAt)
    )
    {
        File = "agent-tokens",
    };
}
