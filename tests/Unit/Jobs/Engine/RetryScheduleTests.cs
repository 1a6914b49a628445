using MPanel.Jobs.Engine;

namespace MPanel.Tests.Unit.Jobs.Engine;

public sealed class RetryScheduleTests
{
    [Fact]
    public void After_EachFailedAttempt_GivesItsDelayThenNone()
    {
        var schedule = RetrySchedule.Seconds(1, 5);

        Assert.Equal(TimeSpan.FromSeconds(1), schedule.After(1));
        Assert.Equal(TimeSpan.FromSeconds(5), schedule.After(2));
        Assert.Null(schedule.After(3));
    }

    [Fact]
    public void Day_AddedUp_LastsAboutADay()
    {
        var hours = RetrySchedule.Day.Delays.Sum(d => d.TotalHours);

        Assert.InRange(hours, 23.5, 24.5);
    }
}
