using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace MPanel.Settings;

/// <summary>A time, or each of a list of times, between two that are included, written as settings are: <c>00:00:05</c>, <c>1.00:00:00</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeRangeAttribute(string least, string? most = null)
    : ValidationAttribute(most is null ? $"{{0}} must be at least {least}." : $"{{0}} must be between {least} and {most}.")
{
    private readonly TimeSpan _least = TimeSpan.Parse(least, CultureInfo.InvariantCulture);
    private readonly TimeSpan _most = most is null ? TimeSpan.MaxValue : TimeSpan.Parse(most, CultureInfo.InvariantCulture);

    public override bool IsValid(object? value) =>
        value switch
        {
            TimeSpan time => time >= _least && time <= _most,
            IEnumerable<TimeSpan> times => times.All(time => time >= _least && time <= _most),
            _ => value is null,
        };
}
