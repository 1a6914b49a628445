using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// nginx's configuration of all websites: maps from the request's name to the website, and a server for each upload limit. It follows from the
/// ledger, the settings and the names of foreign files alone. Every value is typed or quoted; no tenant's text is among them.
/// </summary>
internal sealed class SiteMaps(AgentOptions options, NginxLayout layout)
{
    /// <param name="foreign">Paths of files that nginx reads along.</param>
    public NginxGeneration Render(IReadOnlyCollection<LedgerEntry> ledger, IReadOnlyList<string> foreign)
    {
        var names = new NamesOnce();
        var sites = ledger.Where(e => e.SetAside is null).Select(e => new Site(e, names.Of(e.Spec))).ToList();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["http.inc"] = Template.Read("http.inc").Fill(("node_log", options.NginxManaged ? AccessLog : "")),
            ["site.inc"] = Template
                .Read("site.inc")
                .Fill(("sites", options.SitesDirectory), ("acme", layout.AcmeDirectory), ("access_log", AccessLog)),
            ["pages.map"] = SuspendedPages.Map,
            ["hosts.map"] = Lines(sites.SelectMany(s => s.Names.Select(n => $"{n.Name} {s.Key};"))),
            ["state.map"] = Lines(sites.Where(s => s.Spec.SuspendedFor is not null).Select(s => $"{s.Key} {s.Spec.SuspendedFor};")),
            ["config.map"] = Lines(
                sites.Select(s => $"{s.Key} \"website: {s.Spec.WebsiteId}\\nrevision: {s.Spec.Revision}\\nconfig: {s.Entry.Hash}\\n\";")
            ),
        };
        foreach (var status in new[] { 301, 302, 308 })
            files[$"r{status}.map"] = Lines(sites.SelectMany(s => Redirects(s, status)));
        var limits = sites.Where(s => s.Names.Count > 0).GroupBy(s => s.Spec.Limits.UploadMb).OrderBy(g => g.Key).ToList();
        foreach (var limit in limits)
            files[NamesFile(limit.Key)] = Lines(limit.Select(s => $"server_name {string.Join(' ', s.Names.Select(n => n.Name))};"));
        files["vhosts.inc"] = Vhosts(limits.Select(l => l.Key), foreign);
        return new NginxGeneration(files, DigestOf(files));
    }

    private static IEnumerable<string> Redirects(Site site, int status) =>
        site
            .Names.Where(n => n.Role == SiteNameRole.Redirect && n.Status == status)
            .Select(n => (n.Name, Target: RedirectTarget.Parse(n.Target ?? "")))
            .Where(n => n.Target is not null)
            .Select(n => $"{n.Name} \"{n.Target!.Value}\";");

    private string Vhosts(IEnumerable<int> limits, IReadOnlyList<string> foreign)
    {
        var text = new StringBuilder();
        if (options.NginxManaged)
        {
            // A name that no site has gets no answer at all.
            text.Append(CultureInfo.InvariantCulture, $"server {{\n{Listen(" default_server")}server_name _;\nreturn 444;\n}}\n");
            // The agent's own questions are no visits.
            text.Append(
                CultureInfo.InvariantCulture,
                $"server {{\n{Listen("")}server_name {NginxHealth.Nobody};\naccess_log off;\nreturn 444;\n}}\n"
            );
        }
        foreach (var limit in limits)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"server {{\n{Listen("")}include {NginxGeneration.Here}/{NamesFile(limit)};\nclient_max_body_size {limit}m;\ninclude {NginxGeneration.Here}/site.inc;\n}}\n"
            );
        }
        foreach (var file in foreign)
            text.Append(CultureInfo.InvariantCulture, $"include {file};\n");
        return text.ToString();
    }

    // Every use of one file has to name the same buffer.
    private string AccessLog => $"access_log {layout.AccessLog} mpanel_sites buffer=64k flush=5s;";

    private string Listen(string flags) => string.Concat(layout.Listens.Select(l => $"listen {l}{flags};\n"));

    private static string NamesFile(int limit) => $"names-{limit}.inc";

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));

    private static string DigestOf(SortedDictionary<string, string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, text) in files)
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\n{text.Length}\n{text}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record Site(LedgerEntry Entry, IReadOnlyList<SiteName> Names)
    {
        public HostingSpec Spec => Entry.Spec;
        public string Key => HostedSite.KeyOf(Entry.Spec.WebsiteId);
    }

    // The ledger gives no name twice; if a person does, nginx would refuse the whole map. The lower id keeps the name.
    private sealed class NamesOnce
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

        public IReadOnlyList<SiteName> Of(HostingSpec spec) =>
            [.. spec.Names.Where(n => DomainSyntax.IsValid(n.Name) && _seen.Add(n.Name))];
    }
}
