using System.Globalization;

namespace MPanel.Jobs.Engine;

/// <summary>Five-field cron, as recurring jobs have it, for saying when one runs next. The engines keep the time themselves.</summary>
public sealed class CronSchedule
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly HashSet<int> _minutes;
    private readonly HashSet<int> _hours;
    private readonly HashSet<int> _days;
    private readonly HashSet<int> _months;
    private readonly HashSet<int> _weekdays;
    private readonly bool _eitherDay;
    private readonly TimeZoneInfo _zone;

    /// <exception cref="FormatException">The expression isn't five fields of numbers, names, ranges, lists and steps.</exception>
    public CronSchedule(string expression, string timeZone)
    {
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
            throw new FormatException($"'{expression}' is not a cron expression of five fields.");
        _minutes = Field(fields[0], 0, 59, []);
        _hours = Field(fields[1], 0, 23, []);
        _days = Field(fields[2], 1, 31, []);
        _months = Field(fields[3], 1, 12, Months);
        // Sunday is 0 and 7.
        _weekdays = [.. Field(fields[4], 0, 7, Days).Select(d => d % 7)];
        // Where both days are named, either will do; where one is left open, the other decides.
        _eitherDay = fields[2][0] != '*' && fields[4][0] != '*';
        _zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
    }

    /// <summary>The first time behind the given one; null when there is none within five years, as for the 30th of February.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var local = TimeZoneInfo.ConvertTime(after, _zone).DateTime;
        var at = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0).AddMinutes(1);
        for (var last = at.AddYears(5); at < last; )
        {
            if (!_months.Contains(at.Month) || !IsDay(at))
                at = at.Date.AddDays(1);
            else if (!_hours.Contains(at.Hour))
                at = at.Date.AddHours(at.Hour + 1);
            else if (!_minutes.Contains(at.Minute) || _zone.IsInvalidTime(at))
                at = at.AddMinutes(1);
            else
                return new DateTimeOffset(at, _zone.GetUtcOffset(at));
        }
        return null;
    }

    private bool IsDay(DateTime day)
    {
        var (ofMonth, ofWeek) = (_days.Contains(day.Day), _weekdays.Contains((int)day.DayOfWeek));
        return _eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private static HashSet<int> Field(string field, int first, int last, string[] names)
    {
        var values = new HashSet<int>();
        foreach (var part in field.Split(','))
        {
            var (range, step) = part.Split('/') is [var left, var right] ? (left, Number(right, 1, last, [])) : (part, 0);
            var (from, to) =
                range == "*" ? (first, last)
                : range.Split('-') is [var low, var high] ? (Number(low, first, last, names), Number(high, first, last, names))
                : (Number(range, first, last, names), step > 0 ? last : Number(range, first, last, names));
            for (var value = from; value <= to; value += Math.Max(1, step))
                values.Add(value);
        }
        return values;
    }

    private static int Number(string text, int first, int last, string[] names)
    {
        var name = Array.IndexOf(names, text.ToLowerInvariant());
        if (name >= 0)
            return name + first;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= first && number <= last
            ? number
            : throw new FormatException($"'{text}' is not between {first} and {last}.");
    }
}
