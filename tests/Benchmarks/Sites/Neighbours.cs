using System.Text.Json.Nodes;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

public static class Neighbours
{
    private const long FirstId = 1_000_000;

    /// <summary>Copies of what the node keeps of a website, each under an id and names of its own; the agent reads them at its next start.</summary>
    public static async Task Add(AgentProcess agent, int count)
    {
        var model = Directory.GetFiles(agent.LedgerDirectory, "*.json").Order(StringComparer.Ordinal).First();
        var entry = JsonNode.Parse(await File.ReadAllTextAsync(model))!;
        await agent.Stop();
        for (var i = 1; i <= count; i++)
        {
            var spec = entry["spec"]!;
            spec["websiteId"] = FirstId + i;
            spec["names"] = new JsonArray(Name($"neighbour-{i}.example", "primary"), Name($"www.neighbour-{i}.example", "alias"));
            await File.WriteAllTextAsync(Path.Combine(agent.LedgerDirectory, $"{FirstId + i}.json"), entry.ToJsonString());
        }
        agent.Restart();
    }

    private static JsonObject Name(string name, string role) =>
        new()
        {
            ["name"] = name,
            ["role"] = role,
            ["target"] = null,
            ["status"] = null,
        };
}
