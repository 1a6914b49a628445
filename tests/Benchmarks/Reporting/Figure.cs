using System.Globalization;

namespace MPanel.Benchmarks.Reporting;

/// <summary>How numbers are written, and what is made of many of them.</summary>
public static class Figure
{
    /// <param name="share">0.5 for the median.</param>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    public static string P50(IEnumerable<double> milliseconds) => Milliseconds(Percentile(milliseconds, 0.5));

    public static string P99(IEnumerable<double> milliseconds) => Milliseconds(Percentile(milliseconds, 0.99));

    public static string Milliseconds(double milliseconds) =>
        milliseconds.ToString(
            milliseconds < 10 ? "0.00"
                : milliseconds < 100 ? "0.0"
                : "0",
            CultureInfo.InvariantCulture
        ) + " ms";

    public static string Rate(double perSecond) => perSecond.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Count(double count) => count.ToString("#,0.0", CultureInfo.InvariantCulture);

    public static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    public static string Mebibytes(double kibibytes) => (kibibytes / 1024).ToString("0", CultureInfo.InvariantCulture) + " MiB";
}
