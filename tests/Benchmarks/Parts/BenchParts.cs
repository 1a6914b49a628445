using System.Diagnostics;
using Dapper;
using MPanel.Database;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Benchmarks.Parts;

/// <summary>What every section uses: a private PostgreSQL with fsync on, the Stripe simulator, a directory for logs.</summary>
public sealed class BenchParts : IAsyncDisposable
{
    private readonly Stopwatch _since = Stopwatch.StartNew();

    private BenchParts(BenchOptions options, PostgresCluster cluster, SimulatorPart simulator, string directory, CancellationToken stop) =>
        (Options, Cluster, Simulator, Logs, Stop) = (options, cluster, simulator, directory, stop);

    public BenchOptions Options { get; }
    public PostgresCluster Cluster { get; }
    public SimulatorPart Simulator { get; }
    public string Logs { get; }

    /// <summary>Cancelled when the run is to end.</summary>
    public CancellationToken Stop { get; }

    public static async Task<BenchParts> Start(BenchOptions options, CancellationToken stop)
    {
        var directory = Directory.CreateTempSubdirectory("mpanel-bench-").FullName;
        var cluster = await PostgresCluster.Start(
            durable: true,
            "shared_preload_libraries=pg_stat_statements",
            // It costs, so only for whoever wants to see each statement's cost.
            $"pg_stat_statements.track_planning={(options.Statements ? "on" : "off")}",
            "max_wal_size=4GB"
        );
        try
        {
            return new BenchParts(options, cluster, await SimulatorPart.Start(directory, stop), directory, stop);
        }
        catch
        {
            await cluster.DisposeAsync();
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>A line of progress, with the seconds since the start.</summary>
    public void Say(string what) => Console.WriteLine($"[{_since.Elapsed.TotalSeconds, 4:0}s] {what}");

    /// <summary>A fresh database with room for any number of websites on srv1, that counts its statements.</summary>
    public async Task<string> CreateDatabase()
    {
        var connectionString = await Cluster.CreateDatabase();
        await using var db = new NpgsqlConnection(connectionString + ";Pooling=false");
        await db.OpenAsync(Stop);
        await db.ExecuteAsync(
            """
            create extension if not exists pg_stat_statements;
            update servers set website_capacity = 10000000 where name = 'srv1'
            """
        );
        return connectionString;
    }

    public static NpgsqlDataSource Open(string connectionString) => Db.Open(connectionString, "bench");

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        await Cluster.DisposeAsync();
        Directory.Delete(Logs, recursive: true);
    }
}
