namespace MPanel.Database.Products;

/// <summary>What a hosting plan allows each of its websites.</summary>
/// <param name="DiskMb">Mebibytes that the files may take.</param>
/// <param name="Inodes">Files and directories.</param>
/// <param name="UploadMb">The largest request body, in mebibytes.</param>
/// <param name="PhpWorkers">PHP processes at once.</param>
/// <param name="PhpMemoryMb">Mebibytes of each.</param>
/// <param name="TrafficGb">Gibibytes sent in a month.</param>
/// <param name="CronJobs">Scheduled commands.</param>
public sealed record PlanLimits(int DiskMb, int Inodes, int UploadMb, int PhpWorkers, int PhpMemoryMb, int TrafficGb, int CronJobs)
{
    /// <summary>As the table has them of a product that nobody gave any.</summary>
    public static readonly PlanLimits Default = new(5000, 200_000, 64, 4, 256, 100, 10);
}
