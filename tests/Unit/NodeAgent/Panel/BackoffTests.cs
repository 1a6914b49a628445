using MPanel.NodeAgent.Panel;

namespace MPanel.Tests.Unit.NodeAgent.Panel;

public sealed class BackoffTests
{
    private readonly Backoff _backoff = new(new Random(1));

    [Fact]
    public void Failed_AgainAndAgain_GrowsToAMinuteAndNoFurther()
    {
        var pauses = Enumerable.Range(0, 50).Select(_ => _backoff.Failed().TotalSeconds).ToArray();

        Assert.InRange(pauses[0], 0.5, 1);
        Assert.InRange(pauses[3], 4, 8);
        Assert.All(pauses[6..], p => Assert.InRange(p, 30, 60));
        Assert.True(pauses[6..].Distinct().Count() > 10);
    }

    [Fact]
    public void Succeeded_StartsAnew()
    {
        for (var failure = 0; failure < 9; failure++)
            _backoff.Failed();

        _backoff.Succeeded();

        Assert.InRange(_backoff.Failed().TotalSeconds, 0.5, 1);
    }

    [Theory]
    [InlineData(30, 30, 31)]
    [InlineData(0, 0.5, 1)]
    [InlineData(-5, 0.5, 1)]
    [InlineData(86400, 600, 601)]
    public void Failed_WithRetryAfter_WaitsAtLeastThatUpToTenMinutes(int asked, double least, double most) =>
        Assert.InRange(_backoff.Failed(TimeSpan.FromSeconds(asked)).TotalSeconds, least, most);
}
