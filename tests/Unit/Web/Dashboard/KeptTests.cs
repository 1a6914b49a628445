using MPanel.Tests.Unit.NodeAgent.Work;
using MPanel.Web.Api.Dashboard;

namespace MPanel.Tests.Unit.Web.Dashboard;

public sealed class KeptTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly List<TaskCompletionSource<int>> _readings = [];
    private readonly SemaphoreSlim _began = new(0);
    private int _failures;

    public void Dispose() => _began.Dispose();

    [Fact]
    public async Task Get_ByManyAtOnce_ReadsOnce()
    {
        var kept = Keep();

        var first = kept.Get();
        var second = kept.Get();
        await Answer(0, 7);

        Assert.Equal((7, 7), ((await first).Value, (await second).Value));
        Assert.Equal(7, (await kept.Get()).Value);
        Assert.Single(_readings);
    }

    [Fact]
    public async Task Get_OfWhatIsOld_AnswersItAndReadsAnew()
    {
        var kept = Keep();
        var first = kept.Get();
        await Answer(0, 1);
        await first;
        _time.Advance(TimeSpan.FromSeconds(3));

        var stale = await kept.Get();
        await Answer(1, 2);
        await Until(async () => (await kept.Get()).Value == 2);

        Assert.Equal(1, stale.Value);
        Assert.Equal(2, _readings.Count);
    }

    [Fact]
    public async Task Get_OfWhatIsTooOld_WaitsForTheReading()
    {
        var kept = Keep();
        var first = kept.Get();
        await Answer(0, 1);
        await first;
        _time.Advance(TimeSpan.FromMinutes(2));

        var waited = kept.Get();
        Assert.False(waited.IsCompleted);
        await Answer(1, 2);

        Assert.Equal(2, (await waited).Value);
    }

    [Fact]
    public async Task Get_WhenTheReadingFails_TellsWhoWaitedAndReadsAgain()
    {
        var kept = Keep();
        var failed = kept.Get();
        await _began.WaitAsync();
        _readings[0].SetException(new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => failed);

        var again = kept.Get();
        await Answer(1, 3);

        Assert.Equal((3, 1), ((await again).Value, _failures));
    }

    private Kept<int> Keep() =>
        new(
            _time,
            TimeSpan.FromSeconds(2),
            TimeSpan.FromMinutes(1),
            () =>
            {
                var reading = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
                _readings.Add(reading);
                _began.Release();
                return reading.Task;
            },
            _ => _failures++
        );

    private async Task Answer(int reading, int value)
    {
        await _began.WaitAsync();
        _readings[reading].SetResult(value);
    }

    private static Task Until(Func<Task<bool>> state) => MPanel.Tests.Support.Wait.Until(state, "the new value");
}
