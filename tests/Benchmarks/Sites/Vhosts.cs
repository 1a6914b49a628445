using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

public static class Vhosts
{
    /// <summary>Copies of a vhost the agent wrote, each under a name of its own; nginx reads them at the agent's next change.</summary>
    public static async Task Add(AgentProcess agent, int count)
    {
        var model = Directory.GetFiles(agent.VhostDirectory, "*.conf").Order(StringComparer.Ordinal).First();
        var text = await File.ReadAllTextAsync(model);
        var domain = Path.GetFileNameWithoutExtension(model);
        for (var i = 1; i <= count; i++)
        {
            var name = $"neighbour-{i}.example";
            // The document root stays the model's: nginx only ever opens it for a request.
            var copy = text.Replace($"server_name {domain} www.{domain};", $"server_name {name} www.{name};", StringComparison.Ordinal);
            if (i == 1 && copy == text)
                throw new InvalidOperationException($"The vhost {model} does not name its domain as expected.");
            await File.WriteAllTextAsync(Path.Combine(agent.VhostDirectory, $"{name}.conf"), copy);
        }
    }
}
