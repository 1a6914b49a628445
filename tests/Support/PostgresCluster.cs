using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MPanel.Database;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Tests.Support;

/// <summary>A private PostgreSQL on a free port of loopback, with a migrated template database that each test class clones.</summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    /// <summary>Programs of the newest PostgreSQL on this machine.</summary>
    public static string Bin { get; } =
        Directory
            .GetDirectories("/usr/lib/postgresql")
            .Select(d => Path.Combine(d, "bin"))
            .Where(b => File.Exists(Path.Combine(b, "postgres")))
            .MaxBy(b => int.Parse(Path.GetFileName(Path.GetDirectoryName(b))!))
        ?? throw new InvalidOperationException("PostgreSQL is not installed.");

    private const string Template = "mpanel_template";
    private readonly string _directory;
    private readonly List<string> _command;
    private Process _server;
    private int _databases;
    private int _disposed;

    private PostgresCluster(string directory, List<string> command, int port, string password)
    {
        _directory = directory;
        _command = command;
        _server = PostgresPrograms.Start(command);
        Port = port;
        Password = password;
    }

    public int Port { get; }
    private string Password { get; }

    private static readonly Lazy<Task<PostgresCluster>> OfThisProcess = new(StartShared);

    /// <summary>One cluster for the whole test process, started by whoever asks first.</summary>
    public static Task<PostgresCluster> Shared => OfThisProcess.Value;

    /// <summary>Ends the shared cluster, if anybody asked for it.</summary>
    public static async ValueTask StopShared()
    {
        if (OfThisProcess.IsValueCreated)
            await (await Shared).DisposeAsync();
    }

    /// <param name="durable">fsync on, as in production: for benchmarks and crash tests. Off, everything is quicker.</param>
    /// <param name="settings">Further server settings, such as <c>shared_preload_libraries=pg_stat_statements</c>.</param>
    public static async Task<PostgresCluster> Start(bool durable = false, params string[] settings)
    {
        var (directory, password, passwordFile) = await PostgresPrograms.PrivateDirectory();
        await PostgresPrograms.Run(
            $"{Bin}/initdb",
            "-D",
            $"{directory}/data",
            "-U",
            "postgres",
            "--auth=scram-sha-256",
            $"--pwfile={passwordFile}",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync"
        );
        var port = FreePort();
        List<string> arguments =
        [
            $"{Bin}/postgres",
            "-D",
            $"{directory}/data",
            "-p",
            $"{port}",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            $"unix_socket_directories={directory}",
            "-c",
            "max_connections=500",
            "-c",
            "shared_buffers=256MB",
        ];
        if (!durable)
            arguments.AddRange(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        foreach (var setting in settings)
            arguments.AddRange(["-c", setting]);
        var cluster = new PostgresCluster(directory, arguments, port, password);
        try
        {
            await cluster.WaitUntilReady();
            await cluster.Execute("postgres", $"create database {Template}");
            await using (var dataSource = Db.Open(cluster.ConnectionString(Template) + ";Pooling=false", "template"))
            {
                await Migrator.Run(dataSource);
                await HangfireSchema.Prepare(dataSource, CancellationToken.None);
            }
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
        return cluster;
    }

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=postgres;Password={Password};Database={database};Maximum Pool Size=60";

    /// <summary>A fresh, migrated database. Returns its connection string.</summary>
    public async Task<string> CreateDatabase()
    {
        var name = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await Execute("postgres", $"create database {name} template {Template} strategy file_copy");
        return ConnectionString(name);
    }

    /// <summary>An empty database, not migrated.</summary>
    public async Task<string> CreateEmptyDatabase()
    {
        var name = $"empty_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await Execute("postgres", $"create database {name}");
        return ConnectionString(name);
    }

    /// <summary>kill -9 for the postmaster, as the kernel does it to a process that takes too much memory.</summary>
    public async Task Kill()
    {
        Signals.Send(_server, Signals.Kill);
        await _server.WaitForExitAsync();
    }

    /// <summary>Starts it again on the same port and data, and waits until it has recovered.</summary>
    public async Task Restart()
    {
        // What is left of the killed one's processes holds its memory for a moment, and a new postmaster refuses to start beside them.
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            _server.Dispose();
            _server = PostgresPrograms.Start(_command);
            try
            {
                await WaitUntilReady();
                return;
            }
            catch (NpgsqlException) when (_server.HasExited && since.Elapsed < TimeSpan.FromSeconds(30)) { }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        NpgsqlConnection.ClearAllPools();
        Signals.Send(_server, Signals.Interrupt);
        await _server.WaitForExitAsync();
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A port of loopback that was free a moment ago, below the ephemeral range so that no outgoing connection takes it.</summary>
    public static int FreePort()
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var port = Random.Shared.Next(20000, 32000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException) { }
        }
        throw new InvalidOperationException("No free port on loopback.");
    }

    private static async Task<PostgresCluster> StartShared()
    {
        var cluster = await Start();
        // Where nobody stops it, the server must not outlive the process all the same.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return cluster;
    }

    private async Task WaitUntilReady()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await Execute("postgres", "select 1");
                return;
            }
            catch (NpgsqlException) when (tries < 200 && !_server.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    private async Task Execute(string database, string sql)
    {
        await using var db = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        await db.OpenAsync();
        await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync();
    }
}
