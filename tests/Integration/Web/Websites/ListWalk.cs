using System.Net.Http.Json;
using System.Text.Json;

namespace MPanel.Tests.Integration.Web.Websites;

/// <summary>Reads a list of the API page by page.</summary>
public sealed record ListWalk(HttpClient Client, string Path)
{
    /// <param name="query">Such as <c>sort=-created&amp;pageSize=7</c>.</param>
    /// <param name="cursor"><c>next</c> or <c>previous</c>.</param>
    /// <param name="from">Null for the first page.</param>
    /// <returns>The ids of each page, in the order read; and the cursor that leads back from the last of them.</returns>
    public async Task<(List<long[]> Pages, string? Back)> Follow(string query, string cursor = "next", string? from = null)
    {
        var pages = new List<long[]>();
        while (true)
        {
            var page = await Client.GetFromJsonAsync<JsonElement>(
                $"{Path}?{query}{(from is null ? "" : $"&cursor={Uri.EscapeDataString(from)}")}"
            );
            pages.Add([.. page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetInt64())]);
            from = page.GetProperty(cursor).GetString();
            if (from is null)
                return (pages, page.GetProperty(cursor == "next" ? "previous" : "next").GetString());
            Assert.True(pages.Count < 1000, "The list has no end.");
        }
    }
}
