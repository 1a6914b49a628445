using MPanel.Jobs.Engine;

namespace MPanel.Tests.Unit.Jobs.Engine;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("17 3 * * *", "2026-03-04T03:16:59Z", "2026-03-04T03:17:00Z")]
    [InlineData("17 3 * * *", "2026-03-04T03:17:00Z", "2026-03-05T03:17:00Z")]
    [InlineData("*/15 * * * *", "2026-03-04T10:46:00Z", "2026-03-04T11:00:00Z")]
    [InlineData("0 9-17/4 * * mon-fri", "2026-03-06T17:00:00Z", "2026-03-09T09:00:00Z")]
    [InlineData("0 0 1 jan,jul *", "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    // Both days named: either will do.
    [InlineData("0 0 13 * 5", "2026-03-01T00:00:00Z", "2026-03-06T00:00:00Z")]
    [InlineData("30 6 * * 7", "2026-03-04T00:00:00Z", "2026-03-08T06:30:00Z")]
    [InlineData("5/20 * * * *", "2026-03-04T10:06:00Z", "2026-03-04T10:25:00Z")]
    public void Next_OfAnExpression_IsItsFirstTimeAfterwards(string cron, string after, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), new CronSchedule(cron, "Etc/UTC").Next(DateTimeOffset.Parse(after)));

    [Fact]
    public void Next_InAnotherTimeZone_IsThatZonesTime() =>
        Assert.Equal(
            DateTimeOffset.Parse("2026-07-01T01:30:00Z"),
            new CronSchedule("30 3 * * *", "Europe/Berlin").Next(DateTimeOffset.Parse("2026-07-01T00:00:00Z"))
        );

    [Fact]
    public void Next_OfATimeThatTheClockSkips_IsTheNextDay() =>
        Assert.Equal(
            DateTimeOffset.Parse("2026-03-30T00:30:00Z"),
            new CronSchedule("30 2 * * *", "Europe/Berlin").Next(DateTimeOffset.Parse("2026-03-29T00:00:00Z"))
        );

    [Fact]
    public void Next_OfADayThatNeverComes_IsNull() => Assert.Null(new CronSchedule("0 0 30 2 *", "Etc/UTC").Next(DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("* * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* * * * 8")]
    [InlineData("x * * * *")]
    [InlineData("*/0 * * * *")]
    public void Construct_FromWhatIsNotCron_Refuses(string cron) => Assert.Throws<FormatException>(() => new CronSchedule(cron, "Etc/UTC"));
}
