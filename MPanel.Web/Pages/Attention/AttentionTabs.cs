using MPanel.Database.Attention;
using MPanel.Database.Lists;
using MPanel.Web.Api.Attention;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Attention;

/// <summary>The kinds that the viewer may see, with how much there is of each; search and other filters stay.</summary>
public static class AttentionTabs
{
    public static IReadOnlyList<PageTab> Of(ListQuery query, string path, AttentionCounts counts, IReadOnlyList<string> visible)
    {
        var current = query.Text("kind");
        return
        [
            new("All", query.Link(path, ("kind", null)), current is null, Text(counts.Total(visible))),
            .. visible.Select(kind => new PageTab(
                AttentionWords.Kind(kind),
                query.Link(path, ("kind", kind)),
                current == kind,
                Text(counts.Total([kind]))
            )),
        ];
    }

    public static string Text(ListTotal total) => total.Exact ? $"{total.Count:N0}" : $"{total.Count:N0}+";
}
