using System.Net;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Hosting;

internal static class PlaceholderPage
{
    /// <summary>The page a new website shows: whole in itself, no request to anywhere.</summary>
    public static string For(string domain) => Template.Read("placeholder.html").Fill(("domain", WebUtility.HtmlEncode(domain)));
}
