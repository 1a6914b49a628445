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

    /// <summary>A directory for each of them, as the agent makes it; and stops the agent.</summary>
    public static async Task GiveTrees(AgentProcess agent)
    {
        await agent.Stop();
        foreach (var file in Directory.GetFiles(agent.LedgerDirectory, "*.json"))
        {
            var spec = JsonNode.Parse(await File.ReadAllTextAsync(file))!["spec"]!;
            var id = spec["websiteId"]!.GetValue<long>();
            var place = Path.Combine(agent.SitesDirectory, $"s{id}");
            if (Directory.Exists(place))
                continue;
            await File.WriteAllTextAsync(
                Path.Combine(Directory.CreateDirectory(Path.Combine(place, "public")).FullName, "index.html"),
                "A page"
            );
            var marker = new JsonObject
            {
                ["websiteId"] = id,
                ["domain"] = spec["names"]![0]!["name"]!.GetValue<string>(),
                ["epoch"] = spec["epoch"]!.GetValue<string>(),
            };
            await File.WriteAllTextAsync(Path.Combine(place, "site.json"), marker.ToJsonString());
        }
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
