using MPanel.Database.Provisioning;

namespace MPanel.Tests.Unit.Database.Provisioning;

public sealed class WaitingForTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly TimeSpan OfflineAfter = TimeSpan.FromSeconds(90);

    [Fact]
    public void Of_ATaskThatOnlyWaitsItsTurn_NamesTheServer() => Assert.Equal("srv1", Say(Pending()));

    [Theory]
    [InlineData("in_progress")]
    [InlineData("success")]
    [InlineData("failed")]
    [InlineData("cancelled")]
    public void Of_ATaskThatIsNotPending_SaysNothing(string status) => Assert.Null(Say(Pending() with { Status = status }));

    [Fact]
    public void Of_ATaskWithoutAServer_AsksForRoom() =>
        Assert.Equal(
            "a server with room",
            Say(Pending() with { ServerId = null, ServerName = null, ServerState = null, ServerHeardAt = null })
        );

    [Theory]
    [InlineData("pending", "hosting of example.net")]
    [InlineData("in_progress", "hosting of example.net")]
    [InlineData("failed", "hosting of example.net, which failed")]
    [InlineData("cancelled", "hosting of example.net, which was cancelled")]
    [InlineData("success", "srv1")]
    public void Of_ATaskWithADependency_NamesItUntilItIsDone(string status, string expected) =>
        Assert.Equal(
            expected,
            Say(Pending() with { DependencyType = "hosting", DependencyDomain = "example.net", DependencyStatus = status })
        );

    [Theory]
    [InlineData("draining", "srv1 is draining")]
    [InlineData("maintenance", "srv1 is in maintenance")]
    public void Of_ATaskOfAServerThatIsNotActive_SaysSo(string state, string expected) =>
        Assert.Equal(expected, Say(Pending() with { ServerState = state }));

    [Fact]
    public void Of_ATaskOfAServerHeardOfTooLongAgo_SaysSinceWhen() =>
        Assert.Equal("srv1, offline since 2026-03-04T05:04:36Z", Say(Pending() with { ServerHeardAt = Now.AddSeconds(-91) }));

    [Fact]
    public void Of_ATaskOfAServerHeardOfJustInTime_IsNotOffline() =>
        Assert.Equal("srv1", Say(Pending() with { ServerHeardAt = Now.AddSeconds(-90) }));

    [Fact]
    public void Of_ATaskOfAServerThatNeverReported_SaysSo() =>
        Assert.Equal("srv1, whose agent has never reported", Say(Pending() with { ServerHeardAt = null }));

    [Fact]
    public void Of_ATaskThatItsServerCannotDo_AsksForANodeThatCan() =>
        Assert.Equal("a node that can do mail", Say(Pending() with { Type = "mail", ServerCan = false }));

    [Fact]
    public void Of_ATaskOfAServerWithAnAgentOfAnEarlierRelease_SaysThatItNeedsANewerOne() =>
        Assert.Equal("srv1 needs a newer agent", Say(Pending() with { ServerCan = false, ServerIsOld = true }));

    [Fact]
    public void Of_ATaskInBackoff_SaysWhenItIsTriedAgain() =>
        Assert.Equal("retry at 2026-03-04T05:06:17Z", Say(Pending() with { AvailableAt = Now.AddSeconds(10) }));

    [Fact]
    public void Of_ATaskWhoseDomainIsBusy_NamesWhatRuns() =>
        Assert.Equal("ssl of example.net, which is running", Say(Pending() with { RunningType = "ssl" }));

    private static string? Say(TaskFacts task) => WaitingFor.Of(task, OfflineAfter);

    private static TaskFacts Pending() =>
        new(
            1,
            "hosting",
            "create",
            "example.net",
            "starter",
            "pending",
            0,
            0,
            5,
            1,
            "ORD-1001",
            1,
            1,
            "web",
            1,
            "srv1",
            null,
            null,
            "corr",
            Now,
            null,
            null,
            Now,
            Now,
            "active",
            Now,
            true,
            false,
            null,
            null,
            null,
            null,
            Now
        );
}
