using System.Text.Json;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;

namespace MPanel.Tests.Unit.Jobs.Provisioning;

/// <summary>Tasks of older panels wait in the database, and agents of another version read them: the names on the wire stay.</summary>
public sealed class TaskPayloadsTests
{
    [Fact]
    public void Hosting_OnTheWire_IsWhatAgentsRead()
    {
        var json = TaskPayloads.Hosting(7, Item("example.net"));

        Assert.Equal("""{"websiteId":7,"domain":"example.net","aliases":["www.example.net"],"plan":"starter"}""", json);
        var read = JsonSerializer.Deserialize<HostingPayload>(json, AgentJson.Options)!;
        Assert.Equal((7, "example.net", "starter"), (read.WebsiteId, read.Domain, read.Plan));
        Assert.Equal(["www.example.net"], read.Aliases);
    }

    [Fact]
    public void Hosting_OfAWwwName_HasNoAlias() =>
        Assert.Equal(
            """{"websiteId":7,"domain":"www.example.net","aliases":[],"plan":"starter"}""",
            TaskPayloads.Hosting(7, Item("www.example.net"))
        );

    [Fact]
    public void Other_OnTheWire_NamesDomainAndPlan() =>
        Assert.Equal("""{"domain":"example.net","plan":"starter"}""", TaskPayloads.Other(Item("example.net")));

    private static Provisionable Item(string domain) => new(1, 2, domain, 3, "starter", "hosting", "web", []);
}
