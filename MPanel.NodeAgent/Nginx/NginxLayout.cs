namespace MPanel.NodeAgent.Nginx;

/// <summary>Where nginx and the agent keep things, in either mode.</summary>
internal sealed class NginxLayout(AgentOptions options)
{
    public string Prefix => options.NginxPrefix;
    public string MainConfig => Path.Combine(Prefix, "conf", "nginx.conf");
    public string VhostDirectory { get; } = options.NginxManaged ? Path.Combine(options.NginxPrefix, "sites") : options.VhostDirectory;
    public string PidFile { get; } = options.NginxManaged ? Path.Combine(options.NginxPrefix, "nginx.pid") : options.NginxPidFile;

    /// <summary>Beside the vhosts, so that a rename stays within one file system; hidden from nginx's <c>*.conf</c>.</summary>
    public string WorkDirectory => Path.Combine(VhostDirectory, ".mpanel");
    public string LockFile => Path.Combine(WorkDirectory, "lock");

    /// <summary>What a <c>listen</c> of a site says.</summary>
    public string Listen => options.NginxAddress == "*" ? $"{options.NginxPort}" : $"{options.NginxAddress}:{options.NginxPort}";

    /// <summary>Arguments in front of any other: which configuration is meant.</summary>
    public string[] Selection =>
        options.NginxManaged ? ["-c", MainConfig, "-p", Prefix, "-e", Path.Combine(Prefix, "logs", "error.log")] : [];
}
