using System.Text.Json.Serialization;
using MPanel.Database.Products;
using MPanel.Jobs.Outcomes;

namespace MPanel.Jobs.Products;

/// <summary>Limits as they are written; what is left out stays as it is.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LimitsInput(
    int? DiskMb = null,
    int? Inodes = null,
    int? UploadMb = null,
    int? PhpWorkers = null,
    int? PhpMemoryMb = null,
    int? TrafficGb = null,
    int? CronJobs = null
);

/// <summary>A limit of a hosting plan, as forms, answers and refusals name it.</summary>
/// <param name="Path">As in JSON.</param>
/// <param name="Unit">Empty for what is counted.</param>
public sealed record LimitField(string Path, string Label, string Unit, int Least, int Most, Func<PlanLimits, int> Of);

/// <summary>What the limits of a plan may be; the database's CHECKs say the same, less kindly.</summary>
public static class LimitRules
{
    public static readonly IReadOnlyList<LimitField> All =
    [
        new("diskMb", "Disk space", "MiB", 1, 100_000_000, l => l.DiskMb),
        new("inodes", "Files and directories", "", 1, 2_000_000_000, l => l.Inodes),
        new("uploadMb", "Largest upload", "MiB", 1, 10_240, l => l.UploadMb),
        new("phpWorkers", "PHP processes at once", "", 1, 1000, l => l.PhpWorkers),
        new("phpMemoryMb", "Memory of each PHP process", "MiB", 16, 65_536, l => l.PhpMemoryMb),
        new("trafficGb", "Traffic in a month", "GiB", 1, 1_000_000, l => l.TrafficGb),
        new("cronJobs", "Scheduled commands", "", 0, 1000, l => l.CronJobs),
    ];

    /// <param name="now">What stands there, for what is left out.</param>
    public static Checked<PlanLimits> Check(LimitsInput? input, PlanLimits now)
    {
        var limits = new PlanLimits(
            input?.DiskMb ?? now.DiskMb,
            input?.Inodes ?? now.Inodes,
            input?.UploadMb ?? now.UploadMb,
            input?.PhpWorkers ?? now.PhpWorkers,
            input?.PhpMemoryMb ?? now.PhpMemoryMb,
            input?.TrafficGb ?? now.TrafficGb,
            input?.CronJobs ?? now.CronJobs
        );
        FieldError[] faults =
        [
            .. All.Where(f => f.Of(limits) < f.Least || f.Of(limits) > f.Most)
                .Select(f => new FieldError(
                    $"limits.{f.Path}",
                    "out_of_range",
                    $"Must be a whole number from {f.Least:N0} to {f.Most:N0}."
                )),
        ];
        return new(faults.Length > 0 ? null : limits, faults);
    }
}
