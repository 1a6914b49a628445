using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Hosting;

/// <param name="Hash">Stands in the text, and is what the probe waits for.</param>
internal sealed record Vhost(string Text, string Hash);

/// <summary>nginx's configuration of one website.</summary>
internal static partial class VhostText
{
    public static Vhost For(HostedSite site, PlanOptions plan, AgentOptions options, NginxLayout layout)
    {
        string Fill(string hash) =>
            Template
                .Read("vhost.conf")
                .Fill(
                    ("websiteId", $"{site.WebsiteId}"),
                    ("listen", layout.Listen),
                    ("names", string.Join(' ', [site.Domain, .. site.Aliases])),
                    ("root", SiteTree.PublicOf(options, site)),
                    ("maxUploadMegabytes", $"{plan.MaxUploadMegabytes}"),
                    ("plan", site.Plan),
                    ("hash", hash)
                );
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Fill(""))))[..16];
        return new Vhost(Fill(hash), hash);
    }

    /// <summary>Whose a vhost file is, by its first line; null when it is not one of ours.</summary>
    public static long? WebsiteOf(string text) =>
        FirstLine().Match(text) is { Success: true } match && long.TryParse(match.Groups[1].Value, out var id) ? id : null;

    /// <summary>Names of this site that <c>nginx -t</c> says another vhost serves already. nginx only warns, and then ignores ours or theirs.</summary>
    public static IReadOnlyList<string> Conflicts(string said, HostedSite site) =>
        [.. Conflict().Matches(said).Select(m => m.Groups[1].Value).Distinct().Where(n => n == site.Domain || site.Aliases.Contains(n))];

    [GeneratedRegex(@"\A# MPanel website ([0-9]{1,18})\n")]
    private static partial Regex FirstLine();

    [GeneratedRegex(@"conflicting server name ""([^""]+)""")]
    private static partial Regex Conflict();
}
