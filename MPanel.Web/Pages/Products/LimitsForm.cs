using System.ComponentModel.DataAnnotations;
using System.Globalization;
using MPanel.Database.Products;
using MPanel.Jobs.Products;

namespace MPanel.Web.Pages.Products;

/// <summary>A plan's limits as its form sends them: texts, right or wrong.</summary>
public sealed record LimitsForm
{
    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? DiskMb { get; init; }

    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? Inodes { get; init; }

    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? UploadMb { get; init; }

    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? PhpWorkers { get; init; }

    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? PhpMemoryMb { get; init; }

    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? TrafficGb { get; init; }

    [DisplayFormat(ConvertEmptyStringToNull = false)]
    public string? CronJobs { get; init; }

    public LimitsInput Input =>
        new(Number(DiskMb), Number(Inodes), Number(UploadMb), Number(PhpWorkers), Number(PhpMemoryMb), Number(TrafficGb), Number(CronJobs));

    public static LimitsForm Of(PlanLimits limits) =>
        new()
        {
            DiskMb = Text(limits.DiskMb),
            Inodes = Text(limits.Inodes),
            UploadMb = Text(limits.UploadMb),
            PhpWorkers = Text(limits.PhpWorkers),
            PhpMemoryMb = Text(limits.PhpMemoryMb),
            TrafficGb = Text(limits.TrafficGb),
            CronJobs = Text(limits.CronJobs),
        };

    /// <param name="path">Of a <see cref="LimitField"/>.</param>
    public string? Text(string path) =>
        path switch
        {
            "diskMb" => DiskMb,
            "inodes" => Inodes,
            "uploadMb" => UploadMb,
            "phpWorkers" => PhpWorkers,
            "phpMemoryMb" => PhpMemoryMb,
            "trafficGb" => TrafficGb,
            "cronJobs" => CronJobs,
            _ => throw new ArgumentOutOfRangeException(nameof(path), path, "No such limit"),
        };

    private static string Text(int limit) => limit.ToString(CultureInfo.InvariantCulture);

    /// <summary>What is no number, or emptied, is below every limit's least: the rules ask for a number. What isn't there at all stays.</summary>
    private static int? Number(string? text) =>
        text is null ? null
        : int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : -1;
}
