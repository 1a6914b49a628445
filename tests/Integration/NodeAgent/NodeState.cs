using System.Diagnostics;
using System.Text.RegularExpressions;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>What stands on a node, as text that is the same for two agents that have done the same.</summary>
public static partial class NodeState
{
    /// <summary>Every file with kind, mode, owner and group; the ledger's, maps' and pages' contents; the user; what the site's probe path answers.</summary>
    public static async Task<string> Of(AgentProcess agent, long websiteId)
    {
        var files = await Run(
            "/usr/bin/find",
            agent.SitesDirectory,
            agent.VhostDirectory,
            Path.Combine(agent.StateDirectory, "outbox"),
            Path.Combine(agent.StateDirectory, "outbox-aside"),
            "-printf",
            "%p %y %m %U:%G\n"
        );
        var text = string.Join('\n', files.Split('\n').Order(StringComparer.Ordinal));
        foreach (
            var file in Directory.GetFiles(Path.Combine(agent.VhostDirectory, ".mpanel", "gen", "current")).Order(StringComparer.Ordinal)
        )
            text += $"{Path.GetFileName(file)}\n{await File.ReadAllTextAsync(file)}";
        foreach (var file in Directory.GetFiles(agent.LedgerDirectory).Order(StringComparer.Ordinal))
        {
            var entry = await File.ReadAllTextAsync(file);
            text += entry;
            var domain = Primary().Match(entry).Groups[1].Value;
            text += (await agent.Get(domain)).Body + (await agent.Get(domain, "/.well-known/mpanel-site")).Body;
        }
        text += string.Join('\n', agent.Users());
        // Generations are counted, and their digest is of texts with this agent's paths.
        text = Generation().Replace(text, "gen/<n>");
        // Times of files are in an archive.
        text = Archive().Replace(text, "<archive>");
        text = Digest().Replace(text, "digest\n<digest>");
        return text.Replace(agent.Root + "/", "", StringComparison.Ordinal)
            .Replace($"127.0.0.1:{agent.Port}", "<address>", StringComparison.Ordinal)
            .Replace($"{agent.UidBase + websiteId}", "<uid>", StringComparison.Ordinal)
            .Replace(agent.UserPrefix, "<user>", StringComparison.Ordinal);
    }

    public static async Task<string> Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{file} ended with {process.ExitCode}.");
    }

    [GeneratedRegex(@"""bytes"":[0-9]+,""sha256"":""[0-9a-f]{64}""")]
    private static partial Regex Archive();

    [GeneratedRegex(@"gen/[0-9]+")]
    private static partial Regex Generation();

    [GeneratedRegex(@"digest\n[0-9a-f]{64}")]
    private static partial Regex Digest();

    [GeneratedRegex(@"\{""name"":""([^""]+)"",""role"":""primary""")]
    private static partial Regex Primary();
}
