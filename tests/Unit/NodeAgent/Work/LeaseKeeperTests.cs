using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.Tests.Unit.NodeAgent.Work;

public sealed class LeaseKeeperTests
{
    private static readonly PanelAnswer<RenewResponse> Renewed = new(200, new RenewResponse(30), null, null, null);
    private static readonly PanelAnswer<RenewResponse> Conflict = new(409, null, "lease_lost", null, null);
    private static readonly PanelAnswer<RenewResponse> Down = new(0, null, null, "no route", null);
    private readonly ManualTime _time = new();
    private readonly List<TimeSpan> _renewals = [];
    private int _lost;

    [Fact]
    public async Task Lease_WithThePanelAnswering_IsRenewedEachThirdAndHeld()
    {
        await using var keeper = Keep(_ => Task.FromResult(Renewed));

        await Pass(60);

        Assert.True(keeper.Held);
        Assert.Equal(0, _lost);
        // A third of the 28 seconds that a lease of 30 is believed to last.
        Assert.InRange(_renewals.Count, 5, 6);
        Assert.Equal(TimeSpan.FromSeconds(10), _renewals[0]);
    }

    [Fact]
    public async Task Lease_Refused_IsLostAtOnceAndOnce()
    {
        await using var keeper = Keep(_ => Task.FromResult(Conflict));

        await Pass(60);

        Assert.False(keeper.Held);
        Assert.Equal(1, _lost);
        Assert.Single(_renewals);
    }

    [Fact]
    public async Task Lease_WithThePanelDown_IsTriedAgainAndLostBeforeItsEnd()
    {
        await using var keeper = Keep(_ => Task.FromResult(Down));

        await Pass(27);
        Assert.True(keeper.Held);
        Assert.Equal(0, _lost);
        await Pass(2);

        Assert.False(keeper.Held);
        Assert.Equal(1, _lost);
        Assert.True(_renewals.Count > 5);
    }

    [Fact]
    public async Task Lease_WithARenewalThatHangs_IsLostAtItsEnd()
    {
        await using var keeper = Keep(Never);

        await Pass(29);

        Assert.False(keeper.Held);
        Assert.Equal(1, _lost);
    }

    [Fact]
    public async Task Lease_RenewedAfterFailures_IsHeldOn()
    {
        var answers = new Queue<PanelAnswer<RenewResponse>>([Down, Down, Renewed]);
        await using var keeper = Keep(_ => Task.FromResult(answers.Count > 0 ? answers.Dequeue() : Renewed));

        await Pass(35);

        Assert.True(keeper.Held);
        Assert.Equal(0, _lost);
    }

    [Fact]
    public void Lease_WithoutAnyTimerFiring_IsNotHeldPastItsEnd()
    {
        // As after the process was suspended: nobody had a chance to notice.
        var keeper = new LeaseKeeper(Lease, _time.GetTimestamp(), _ => Task.FromResult(Renewed), _time, NullLogger.Instance);

        _time.Advance(TimeSpan.FromSeconds(27));
        Assert.True(keeper.Held);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.False(keeper.Held);
    }

    [Fact]
    public async Task Lease_ExtendedBySlowAnswer_CountsFromBeforeTheRequest()
    {
        var answer = new TaskCompletionSource<PanelAnswer<RenewResponse>>();
        await using var keeper = Keep(cancelled => _renewals.Count == 1 ? answer.Task : Never(cancelled));
        await Pass(20);

        answer.SetResult(Renewed);
        await Settle();
        // Asked at 10 s, so it ends at 38 s by our reckoning, not at 48 s. The next renewal is never answered.
        _time.Advance(TimeSpan.FromSeconds(17));
        Assert.True(keeper.Held);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(keeper.Held);
    }

    [Fact]
    public async Task Stop_EndsTheRenewals()
    {
        await using var keeper = Keep(_ => Task.FromResult(Renewed));
        await Pass(12);
        var before = _renewals.Count;

        await keeper.Stop();
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(before, _renewals.Count);
        Assert.Equal(0, _lost);
    }

    private static async Task<PanelAnswer<RenewResponse>> Never(CancellationToken cancelled)
    {
        await Task.Delay(Timeout.Infinite, cancelled);
        return Renewed;
    }

    private static TaskLease Lease { get; } = new(1, 1, 5, Guid.NewGuid(), 30, "hosting", "create", "a.test", "c", default(JsonElement));

    private LeaseKeeper Keep(Func<CancellationToken, Task<PanelAnswer<RenewResponse>>> renew)
    {
        var keeper = new LeaseKeeper(
            Lease,
            _time.GetTimestamp(),
            cancelled =>
            {
                _renewals.Add(TimeSpan.FromTicks(_time.GetTimestamp()));
                return renew(cancelled);
            },
            _time,
            NullLogger.Instance
        );
        keeper.Lost += () => _lost++;
        keeper.Start();
        return keeper;
    }

    private async Task Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Settle();
        }
    }

    // Whoever waits for time has a timer: when there is one again, what was due has run.
    private async Task Settle()
    {
        for (var turn = 0; turn < 10_000 && _time.Waiting == 0 && Volatile.Read(ref _lost) == 0; turn++)
            await Task.Delay(1);
    }
}
