using System.Globalization;

namespace MPanel.Web.Pages.Shared;

public static class Duration
{
    /// <summary>How long something took, in the unit that says it best.</summary>
    public static string Text(TimeSpan length) =>
        length switch
        {
            { TotalSeconds: < 1 } => $"{Math.Max(0, (int)length.TotalMilliseconds)} ms",
            { TotalMinutes: < 1 } => $"{length.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
            { TotalHours: < 1 } => $"{(int)length.TotalMinutes} min {length.Seconds} s",
            { TotalHours: < 48 } => $"{(int)length.TotalHours} h {length.Minutes} min",
            _ => $"{(int)length.TotalDays} days",
        };
}
