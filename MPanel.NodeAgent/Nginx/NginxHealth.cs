using MPanel.NodeAgent.Contract;

namespace MPanel.NodeAgent.Nginx;

/// <summary>Whether the node's nginx serves, as its visitors find it.</summary>
internal sealed class NginxHealth(AgentOptions options, NginxLayout layout, NginxServer nginx, NginxVisitor visitor, Quarantine quarantine)
{
    /// <summary>A name that no site can have.</summary>
    public const string Nobody = "health.invalid";

    private const string Name = "nginx";

    private string? Quarantined =>
        quarantine.Files is { Count: > 0 } files
            ? $"It serves without {string.Join(", ", files.Take(5))}{(files.Count > 5 ? $" and {files.Count - 5} more" : "")}, which it can't read: mend them in sites/, or delete them."
            : null;

    /// <summary>Within some seconds, whatever nginx does.</summary>
    public async Task<ServiceHealth> Look(CancellationToken stopping)
    {
        if (nginx.Master() is null)
            return new ServiceHealth(Name, "It does not run.");
        foreach (var address in layout.Addresses)
        {
            // No site has this name: to be hung up on is the right answer, any other answer will do.
            var answer = await visitor.Get(Nobody, "/", stopping, address);
            if (answer is { Status: 0, HungUp: false })
                return new ServiceHealth(Name, $"It does not answer on {address}, port {options.NginxPort}: {LogText.Clean(answer.Text)}");
        }
        return new ServiceHealth(Name, Quarantined);
    }
}
