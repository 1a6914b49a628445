using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>Whether this agent can serve what a specification asks for. The panel has checked it already; here it reaches root's paths.</summary>
internal static class SpecCheck
{
    private const int MostAliases = 100;
    private const int MostRedirects = 50;
    private const int MostUploadMb = 10240;

    /// <summary>Null when it can be served.</summary>
    public static TaskFailure? Objection(HostingSpec spec, AgentOptions options) =>
        Identity(spec, options) ?? Unsupported(spec) ?? Names(spec.Names) ?? Limits(spec.Limits) ?? State(spec);

    /// <summary>Of a removal nothing else counts.</summary>
    public static TaskFailure? Identity(HostingSpec spec, AgentOptions options)
    {
        // Subtracted, not added: an id near the type's end must not wrap around.
        if (spec.WebsiteId < 1 || spec.WebsiteId > SiteUserIds.Highest - options.UidBase)
            return Invalid("The payload's website id is outside the range of user ids.");
        if (spec.Revision < 0)
            return Invalid("The payload's revision is negative.");
        return spec.Names.Any(n => n is null) ? Invalid("One of the payload's names is missing.") : null;
    }

    public static TaskFailure Invalid(string message) => new("payload_invalid", message, Permanent: true);

    private static TaskFailure? Unsupported(HostingSpec spec)
    {
        string? what = spec switch
        {
            { Php: not null } => "PHP",
            { Tls.Mode: not "off" } => $"TLS mode '{spec.Tls.Mode}'",
            { Tls: { ForceHttps: true } or { Hsts: true } } => "forced https",
            { Sftp.Length: > 0 } => "SFTP keys",
            { Cron.Length: > 0 } => "scheduled commands",
            { Serve: not "static" } => $"serving '{spec.Serve}'",
            { State: not (SiteState.Active or SiteState.Suspended) } => $"the state '{spec.State}'",
            _ => null,
        };
        if (what is null && spec.SuspendedFor is { } reason && !SuspensionReason.All.Contains(reason))
            what = $"the suspension reason '{reason}'";
        var strange = spec.Names.FirstOrDefault(n => n.Role is not (SiteNameRole.Primary or SiteNameRole.Alias or SiteNameRole.Redirect));
        if (what is null && strange is not null)
            what = $"the role '{strange.Role}' of a name";
        return what is null ? null : new TaskFailure("spec_not_supported", $"This agent cannot do {what} yet.", Permanent: true);
    }

    private static TaskFailure? State(HostingSpec spec)
    {
        if ((spec.State == SiteState.Suspended) != (spec.SuspendedFor is not null))
            return Invalid("A website has a reason for its suspension while it is suspended, and only then.");
        // While it is served its owner may change a file in the midst of the archive.
        return spec.Archive && spec.State != SiteState.Suspended ? Invalid("An archive can be made of a suspended website only.") : null;
    }

    private static TaskFailure? Limits(SiteLimits limits)
    {
        if (limits.UploadMb is < 1 or > MostUploadMb)
            return Invalid($"The limit uploadMb must be between 1 and {MostUploadMb}.");
        (string Name, int Value)[] others =
        [
            ("diskMb", limits.DiskMb),
            ("inodes", limits.Inodes),
            ("phpWorkers", limits.PhpWorkers),
            ("phpMemoryMb", limits.PhpMemoryMb),
            ("trafficGb", limits.TrafficGb),
            ("cronJobs", limits.CronJobs),
        ];
        return others.FirstOrDefault(l => l.Value < 0).Name is { } negative ? Invalid($"The limit {negative} is negative.") : null;
    }

    private static TaskFailure? Names(SiteName[] names)
    {
        if (names.Count(n => n.Role == SiteNameRole.Primary) != 1)
            return Invalid("Exactly one of the payload's names must be primary.");
        if (
            names.Count(n => n.Role == SiteNameRole.Alias) > MostAliases
            || names.Count(n => n.Role == SiteNameRole.Redirect) > MostRedirects
        )
            return Invalid($"The payload has more than {MostAliases} aliases or {MostRedirects} redirects.");
        if (names.Any(n => !DomainSyntax.IsValid(n.Name)))
            return Invalid("One of the payload's names is not a domain name this node takes.");
        if (names.Select(n => n.Name).Distinct(StringComparer.Ordinal).Count() < names.Length)
            return Invalid("One of the payload's names stands there twice.");
        return Redirects(names);
    }

    private static TaskFailure? Redirects(SiteName[] names)
    {
        if (names.Any(n => n.Role != SiteNameRole.Redirect && (n.Target is not null || n.Status is not null)))
            return Invalid("A name that is no redirect has a target or a status.");
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names.Where(n => n.Role == SiteNameRole.Redirect))
        {
            if (name.Status is not (301 or 302 or 308))
                return Invalid($"The redirect {name.Name} must have status 301, 302 or 308.");
            if (RedirectTarget.Parse(name.Target ?? "") is not { } target)
                return Invalid($"The redirect {name.Name} has a target that is not an http or https address this node takes.");
            targets[name.Name] = target.Host;
        }
        return targets.Keys.FirstOrDefault(n => LeadsBack(n, targets)) is { } loop
            ? Invalid($"The redirect {loop} leads back to itself.")
            : null;
    }

    private static bool LeadsBack(string name, Dictionary<string, string> targets)
    {
        var at = name;
        for (var steps = 0; steps <= targets.Count; steps++)
        {
            if (!targets.TryGetValue(at, out var next))
                return false;
            if (next == name)
                return true;
            at = next;
        }
        return false;
    }
}
