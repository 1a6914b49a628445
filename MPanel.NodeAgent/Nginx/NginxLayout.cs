using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Nginx;

/// <summary>Where nginx and the agent keep things, in either mode.</summary>
internal sealed class NginxLayout(AgentOptions options)
{
    private const string Loopback6 = "00000000000000000000000000000001 ";

    public string Prefix => options.NginxPrefix;
    public string MainConfig => Path.Combine(Prefix, "conf", "nginx.conf");
    public string VhostDirectory { get; } = options.NginxManaged ? Path.Combine(options.NginxPrefix, "sites") : options.VhostDirectory;
    public string PidFile { get; } = options.NginxManaged ? Path.Combine(options.NginxPrefix, "nginx.pid") : options.NginxPidFile;

    /// <summary>Beside the vhosts; hidden from nginx's <c>*.conf</c>.</summary>
    public string WorkDirectory => Path.Combine(VhostDirectory, ".mpanel");
    public string LockFile => Path.Combine(WorkDirectory, "lock");
    public string Generations => Path.Combine(WorkDirectory, "gen");

    /// <summary>A link.</summary>
    public string CurrentGeneration => Path.Combine(Generations, "current");

    /// <summary>Host's nginx only: the one file of ours that its configuration includes.</summary>
    public string HostConfig => Path.Combine(VhostDirectory, "mpanel.conf");

    /// <summary>Where ACME's challenges of every name are answered from.</summary>
    public string AcmeDirectory { get; } =
        options.NginxManaged ? Path.Combine(options.NginxPrefix, "acme") : Path.Combine(options.SitesDirectory, ".acme");

    /// <summary>nginx's own logs, which only its workers come to.</summary>
    public string LogDirectory { get; } =
        options.NginxManaged ? Path.Combine(options.NginxPrefix, "logs") : Path.Combine(options.SitesDirectory, ".logs");

    /// <summary>Every website's; the agent takes it up and splits it. What earlier releases called access.log has other lines.</summary>
    public string AccessLog => Path.Combine(LogDirectory, "sites.log");

    /// <summary>How far the access log was read, and what was counted. Shared by all agents of one nginx.</summary>
    public string TrafficDirectory => Path.Combine(WorkDirectory, "traffic");

    /// <summary>What <c>listen</c> of a server says, a line each.</summary>
    public IReadOnlyList<string> Listens =>
        options.NginxAddress != "*" ? [$"{options.NginxAddress}:{options.NginxPort}"]
        : Ipv6.Length > 0 ? [$"{options.NginxPort}", $"[::]:{options.NginxPort}"]
        : [$"{options.NginxPort}"];

    /// <summary>Addresses that a visitor on this machine asks, for a URL.</summary>
    public IReadOnlyList<string> Addresses =>
        options.NginxAddress != "*" ? [options.NginxAddress]
        : Ipv6.Contains(Loopback6, StringComparison.Ordinal) ? ["127.0.0.1", "[::1]"]
        : ["127.0.0.1"];

    /// <summary>Arguments in front of any other: which configuration is meant.</summary>
    public string[] Selection => SelectionOf(MainConfig);

    public string[] SelectionOf(string config) =>
        options.NginxManaged ? ["-c", config, "-p", Prefix, "-e", Path.Combine(Prefix, "logs", "error.log")] : [];

    /// <summary>The main configuration of a managed nginx, with the websites from a directory.</summary>
    public string MainText(string generation) =>
        Template
            .Read("nginx.conf")
            .Fill(
                ("user", Posix.EffectiveUser() == 0 ? $"user {options.WebGroup};\n" : ""),
                ("prefix", Prefix),
                ("generation", generation)
            );

    // Empty where IPv6 is switched off: addresses can be listened on there, and never asked.
    private static string Ipv6 => File.Exists("/proc/net/if_inet6") ? File.ReadAllText("/proc/net/if_inet6") : "";
}
