using MPanel.NodeAgent.Work;

namespace MPanel.Tests.Unit.NodeAgent.Work;

public sealed class FenceTests
{
    [Fact]
    public void Pass_WithTheLeaseHeld_LetsEffectsThrough()
    {
        using var fence = new Fence(() => true);

        fence.Pass(Effect.UserAdd);

        Assert.Null(fence.Reason);
        Assert.False(fence.Token.IsCancellationRequested);
    }

    [Fact]
    public void Pass_WithTheLeaseGone_ThrowsAndStaysShut()
    {
        var held = false;
        using var fence = new Fence(() => held);

        Assert.Equal(FenceReason.LeaseLost, Assert.Throws<FencedException>(() => fence.Pass(Effect.Lock)).Reason);
        held = true;
        Assert.Equal(FenceReason.LeaseLost, Assert.Throws<FencedException>(() => fence.Pass(Effect.Lock)).Reason);
        Assert.True(fence.Token.IsCancellationRequested);
    }

    [Fact]
    public void Lower_AsUntouched_StopsATaskThatChangedNothing()
    {
        using var fence = new Fence(() => true);
        fence.Pass(Effect.Lock);

        fence.Lower(FenceReason.StoppedUntouched);

        Assert.Throws<FencedException>(() => fence.Pass(Effect.UserAdd));
    }

    [Fact]
    public void Lower_AsUntouched_LeavesATaskThatHasChangedSomething()
    {
        using var fence = new Fence(() => true);
        fence.Pass(Effect.UserAdd);

        fence.Lower(FenceReason.StoppedUntouched);

        fence.Pass(Effect.TreeStage);
        fence.Lower(FenceReason.StoppedMidway);
        Assert.Equal(FenceReason.StoppedMidway, Assert.Throws<FencedException>(() => fence.Pass(Effect.TreeMarker)).Reason);
    }

    [Fact]
    public void Lower_Twice_KeepsTheFirstReason()
    {
        using var fence = new Fence(() => true);

        fence.Lower(FenceReason.LeaseLost);
        fence.Lower(FenceReason.StoppedMidway);

        Assert.Equal(FenceReason.LeaseLost, fence.Reason);
    }

    [Fact]
    public void Effects_HaveNamesOfTheirOwn() => Assert.Equal(Effect.All.Count, Effect.All.Select(e => e.Name).Distinct().Count());
}
