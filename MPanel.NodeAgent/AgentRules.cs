using System.ComponentModel.DataAnnotations;
using System.Net;
using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent;

/// <summary>What the agent's settings must be together, and on this machine; what each must be by itself stands on its property.</summary>
internal static class AgentRules
{
    public static IEnumerable<ValidationResult> Check(AgentOptions options) =>
        Problems(options).Select(problem => new ValidationResult(problem));

    private static IEnumerable<string> Problems(AgentOptions options)
    {
        if (
            options.PanelUrl.Length > 0
            && (!Uri.TryCreate(options.PanelUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        )
            yield return "Agent:PanelUrl is not an http or https address.";
        else if (
            Uri.TryCreate(options.PanelUrl, UriKind.Absolute, out url)
            && url is { Scheme: "http", IsLoopback: false }
            && !options.AllowHttp
        )
            yield return "Agent:PanelUrl is plain http to another machine, which would show the token to the network: use https, or set Agent:AllowHttp.";
        if (options.NginxManaged && options.NginxPrefix.Length == 0)
            yield return "Agent:NginxPrefix is missing: set it to an absolute path.";
        if (!options.NginxManaged && options.VhostDirectory.Length == 0)
            yield return "Agent:VhostDirectory is missing: set it to an absolute path.";
        if (options.NginxBinary.Length > 0 && !File.Exists(options.NginxBinary))
            yield return $"Agent:NginxBinary names {options.NginxBinary}, which does not exist: install nginx.";
        if (options.NginxAddress != "*" && !(IPAddress.TryParse(options.NginxAddress, out var ip) && ip.GetAddressBytes().Length == 4))
            yield return "Agent:NginxAddress must be an IPv4 address, or * for all.";
        if (options.SystemUsers && Posix.EffectiveUser() != 0)
            yield return "Agent:SystemUsers needs root: start the agent as root, or set it to false for development.";
        if (options.UidBase < SiteUserIds.Lowest || options.UidBase >= SiteUserIds.Highest)
            yield return $"Agent:UidBase must be between {SiteUserIds.Lowest} and {SiteUserIds.Highest}.";
        foreach (var plan in options.Plans.Where(p => p.Value.MaxUploadMegabytes is < 1 or > 10240))
            yield return $"Agent:Plans:{plan.Key}:MaxUploadMegabytes must be between 1 and 10240.";
    }
}
