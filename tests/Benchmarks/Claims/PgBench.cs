using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MPanel.Benchmarks.Parts;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Benchmarks.Claims;

/// <summary>PostgreSQL's own load, TPC-B-like, on the same cluster.</summary>
public sealed partial class PgBench(NpgsqlConnectionStringBuilder target)
{
    private static readonly string Program = Path.Combine(PostgresCluster.Bin, "pgbench");

    public static async Task<PgBench> Prepare(BenchParts parts)
    {
        var target = new NpgsqlConnectionStringBuilder(await parts.Cluster.CreateEmptyDatabase());
        var bench = new PgBench(target);
        await bench.Run(parts.Stop, "-i", "-q", "-s", "10");
        return bench;
    }

    /// <param name="each">Transactions of each client: a count, since a busy machine may get none done in a short time.</param>
    /// <returns>Transactions per second, without the time it takes to connect.</returns>
    public async Task<double> Tps(int clients, int each, CancellationToken stop)
    {
        var said = await Run(stop, "-n", "-M", "prepared", "-c", $"{clients}", "-j", $"{Math.Min(clients, 2)}", "-t", $"{each}");
        return Rate().Match(said) is { Success: true } rate
            ? double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"pgbench named no rate: {said}");
    }

    private async Task<string> Run(CancellationToken stop, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Program,
            [.. arguments, "-h", target.Host!, "-p", $"{target.Port}", "-U", target.Username!, target.Database!]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = target.Password;
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"pgbench failed: {await error}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Rate();
}
