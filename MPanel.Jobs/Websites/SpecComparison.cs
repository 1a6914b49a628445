using System.Globalization;
using MPanel.NodeAgent.Contract;

namespace MPanel.Jobs.Websites;

/// <summary>One thing that two specifications say.</summary>
/// <param name="What">For people.</param>
public sealed record SpecLine(string What, string Panel, string Kept)
{
    public bool Differs => Panel != Kept;
}

/// <summary>Two specifications of one website, side by side in an admin's words.</summary>
public static class SpecComparison
{
    private const int MostShown = 20;

    public static IReadOnlyList<SpecLine> Of(HostingSpec panel, HostingSpec kept)
    {
        return
        [
            Line("Revision", s => Number(s.Revision)),
            Line("Installation", s => $"{s.Epoch}"),
            Line("State", State),
            Line("Primary name", s => Some(NamesOf(s, SiteNameRole.Primary).Select(n => n.Name))),
            Line("Other names", s => Some(NamesOf(s, SiteNameRole.Alias).Select(n => n.Name))),
            Line("Redirects", s => Some(NamesOf(s, SiteNameRole.Redirect).Select(n => $"{n.Name} to {n.Target} ({n.Status})"))),
            Line("Limits", s => Limits(s.Limits)),
            Line("Settings", s => Some(Settings(s))),
        ];

        SpecLine Line(string what, Func<HostingSpec, string> say) => new(what, say(panel), say(kept));
    }

    /// <summary>What a specification has that this panel can't keep yet.</summary>
    public static IEnumerable<string> Settings(HostingSpec spec)
    {
        if (spec.Php is { } php)
            yield return $"PHP {php.Version}";
        if (spec.Serve != "static")
            yield return $"served as {spec.Serve}";
        if (spec.Tls is not { Mode: "off", ForceHttps: false, Hsts: false })
            yield return $"TLS {spec.Tls.Mode}{(spec.Tls.ForceHttps ? ", https only" : "")}{(spec.Tls.Hsts ? ", HSTS" : "")}";
        if (spec.Sftp.Length > 0)
            yield return $"{Number(spec.Sftp.Length)} SFTP keys";
        if (spec.Cron.Length > 0)
            yield return $"{Number(spec.Cron.Length)} scheduled commands";
    }

    private static IEnumerable<SiteName> NamesOf(HostingSpec spec, string role) =>
        spec.Names.Where(n => n.Role == role).OrderBy(n => n.Name, StringComparer.Ordinal);

    // Whatever an agent says is shown as one line of plain text.
    private static string Some(IEnumerable<string> things)
    {
        var all = things.ToList();
        var shown = string.Join(", ", all.Take(MostShown));
        return all.Count == 0 ? "none" : LogText.Clean(all.Count > MostShown ? $"{shown} and {all.Count - MostShown} more" : shown);
    }

    private static string State(HostingSpec spec) =>
        spec.Archive ? "being removed"
        : spec.State == SiteState.Active ? "active"
        : spec.SuspendedFor switch
        {
            SuspensionReason.Unpaid => "suspended (not paid)",
            SuspensionReason.Abuse => "suspended (abuse)",
            SuspensionReason.Customer => "suspended (the customer's wish)",
            _ => "suspended",
        };

    private static string Limits(SiteLimits limits) =>
        $"{Number(limits.DiskMb)} MiB in {Number(limits.Inodes)} files, uploads of {Number(limits.UploadMb)} MiB, {Number(limits.TrafficGb)} GiB a month, "
        + $"{Number(limits.PhpWorkers)} PHP processes of {Number(limits.PhpMemoryMb)} MiB, {Number(limits.CronJobs)} scheduled commands";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
