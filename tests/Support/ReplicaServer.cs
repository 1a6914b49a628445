using System.Diagnostics;
using Npgsql;

namespace MPanel.Tests.Support;

/// <summary>One PostgreSQL of a <see cref="ReplicatedPostgres"/>: primary today, standby tomorrow.</summary>
public sealed class ReplicaServer : IDisposable
{
    private readonly string _directory;
    private readonly string _password;
    private readonly IReadOnlyList<string> _settings;
    private Process? _process;

    internal ReplicaServer(string directory, string name, string password, IReadOnlyList<string> settings)
    {
        (_directory, Name, _password, _settings) = (directory, name, password, settings);
        Port = PostgresCluster.FreePort();
    }

    public string Name { get; }
    public int Port { get; }
    public bool Runs => _process is { HasExited: false };

    internal string Data => Path.Combine(_directory, Name);

    internal string LibpqString(string applicationName) =>
        $"host=127.0.0.1 port={Port} user=postgres password={_password} dbname=postgres application_name={applicationName}";

    /// <summary>Starts it and waits until it takes connections.</summary>
    public async Task Start()
    {
        string[] command =
        [
            $"{PostgresCluster.Bin}/postgres",
            "-D",
            Data,
            "-p",
            $"{Port}",
            .. Settings(["listen_addresses=127.0.0.1", $"unix_socket_directories={_directory}", .. _settings]),
        ];
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            // What is left of a killed one's processes holds its memory for a moment; a new postmaster refuses to start beside them.
            if (!Runs)
            {
                _process?.Dispose();
                _process = PostgresPrograms.Start(command);
            }
            try
            {
                await Execute("select 1");
                return;
            }
            catch (NpgsqlException) when (since.Elapsed < TimeSpan.FromSeconds(60)) { }
        }
    }

    /// <summary>kill -9 for the postmaster.</summary>
    public Task Kill() => End(Signals.Kill);

    /// <summary>In order, the connections of others ended.</summary>
    public Task Stop() => End(Signals.Interrupt);

    public async Task Execute(string sql)
    {
        await using var db = await Open();
        await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Ask<T>(string sql)
    {
        await using var db = await Open();
        await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 60 };
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public void Dispose() => _process?.Dispose();

    private async Task<NpgsqlConnection> Open()
    {
        var db = new NpgsqlConnection($"Host=127.0.0.1;Port={Port};Username=postgres;Password={_password};Database=postgres;Pooling=false");
        await db.OpenAsync();
        return db;
    }

    private async Task End(int signal)
    {
        if (_process is null)
            return;
        Signals.Send(_process, signal);
        await _process.WaitForExitAsync();
    }

    private static IEnumerable<string> Settings(string[] settings) => settings.SelectMany(s => new[] { "-c", s });
}
