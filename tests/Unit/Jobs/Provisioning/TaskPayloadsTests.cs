using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;

namespace MPanel.Tests.Unit.Jobs.Provisioning;

/// <summary>Tasks of older panels wait in the database, and agents of another version read them: the names on the wire stay.</summary>
public sealed class TaskPayloadsTests
{
    [Fact]
    public void Other_OnTheWire_NamesDomainAndPlan() =>
        Assert.Equal("""{"domain":"example.net","plan":"starter"}""", TaskPayloads.Other(Item("example.net")));

    private static Provisionable Item(string domain) => new(1, 2, domain, 3, "starter", "backup", "web", []);
}
