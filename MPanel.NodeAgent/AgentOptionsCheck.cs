using System.Net;
using System.Text.RegularExpressions;
using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent;

/// <summary>What is wrong with the settings, one plain sentence each.</summary>
public static partial class AgentOptionsCheck
{
    public static IReadOnlyList<string> Problems(AgentOptions options) =>
        [
            .. Panel(options),
            .. Numbers(options),
            .. Paths(options),
            .. Users(options),
            .. Nginx(options),
            .. options
                .Plans.Where(p => p.Value.MaxUploadMegabytes is < 1 or > 10240)
                .Select(p => $"Agent:Plans:{p.Key}:MaxUploadMegabytes must be between 1 and 10240."),
        ];

    private static IEnumerable<string> Panel(AgentOptions options)
    {
        if (options.PanelUrl.Length == 0)
            yield return "Agent:PanelUrl is missing: set it to the panel's API address, for example https://panel.example.com.";
        else if (!Uri.TryCreate(options.PanelUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return "Agent:PanelUrl is not an http or https address.";
        else if (url.Scheme == "http" && !url.IsLoopback && !options.AllowHttp)
            yield return "Agent:PanelUrl is plain http to another machine, which would show the token to the network: use https, or set Agent:AllowHttp.";
    }

    private static IEnumerable<string> Numbers(AgentOptions options)
    {
        (string Name, int Value, int Least, int Most)[] numbers =
        [
            (nameof(options.Slots), options.Slots, 1, 64),
            (nameof(options.ClaimWaitSeconds), options.ClaimWaitSeconds, 0, 30),
            (nameof(options.HeartbeatSeconds), options.HeartbeatSeconds, 1, 3600),
            (nameof(options.DrainSeconds), options.DrainSeconds, 0, 3600),
            (nameof(options.RefusedRetrySeconds), options.RefusedRetrySeconds, 1, 86400),
            (nameof(options.ProbeSeconds), options.ProbeSeconds, 1, 600),
            (nameof(options.ProgramSeconds), options.ProgramSeconds, 1, 600),
            (nameof(options.HookSeconds), options.HookSeconds, 1, 3600),
            (nameof(options.NginxPort), options.NginxPort, 1, 65535),
        ];
        return numbers
            .Where(n => n.Value < n.Least || n.Value > n.Most)
            .Select(n => $"Agent:{n.Name} is {n.Value}; it must be between {n.Least} and {n.Most}.");
    }

    private static IEnumerable<string> Paths(AgentOptions options)
    {
        (string Name, string Value)[] paths =
        [
            (nameof(options.StateDirectory), options.StateDirectory),
            (nameof(options.SitesDirectory), options.SitesDirectory),
            (nameof(options.NginxBinary), options.NginxBinary),
            (nameof(options.HooksDirectory), options.HooksDirectory),
            options.NginxManaged
                ? (nameof(options.NginxPrefix), options.NginxPrefix)
                : (nameof(options.VhostDirectory), options.VhostDirectory),
            (nameof(options.NginxPidFile), options.NginxPidFile),
        ];
        foreach (var (name, value) in paths)
        {
            if (value.Length == 0)
                yield return $"Agent:{name} is missing: set it to an absolute path.";
            // These paths stand in nginx's configuration: nothing that would need quoting there.
            else if (!PlainPath().IsMatch(value) || value.Split('/').Contains(".."))
                yield return $"Agent:{name} must be an absolute path of letters, digits, dots, dashes and underscores.";
        }
        if (options.NginxBinary.Length > 0 && !File.Exists(options.NginxBinary))
            yield return $"Agent:NginxBinary names {options.NginxBinary}, which does not exist: install nginx.";
    }

    private static IEnumerable<string> Users(AgentOptions options)
    {
        if (options.SystemUsers && Posix.EffectiveUser() != 0)
            yield return "Agent:SystemUsers needs root: start the agent as root, or set it to false for development.";
        if (!UserName().IsMatch(options.UserPrefix))
            yield return "Agent:UserPrefix must be one to eight lower-case letters.";
        if (options.UidBase < SiteUserIds.Lowest || options.UidBase >= SiteUserIds.Highest)
            yield return $"Agent:UidBase must be between {SiteUserIds.Lowest} and {SiteUserIds.Highest}.";
        if (!UserName().IsMatch(options.WebGroup.Replace("-", "", StringComparison.Ordinal)))
            yield return "Agent:WebGroup is not a group name.";
    }

    private static IEnumerable<string> Nginx(AgentOptions options)
    {
        if (options.NginxAddress != "*" && !(IPAddress.TryParse(options.NginxAddress, out var ip) && ip.GetAddressBytes().Length == 4))
            yield return "Agent:NginxAddress must be an IPv4 address, or * for all.";
    }

    [GeneratedRegex(@"\A/[A-Za-z0-9._/-]+\z")]
    private static partial Regex PlainPath();

    [GeneratedRegex(@"\A[a-z]{1,8}\z")]
    private static partial Regex UserName();
}
