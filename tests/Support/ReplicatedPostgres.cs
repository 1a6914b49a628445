using MPanel.Database;

namespace MPanel.Tests.Support;

/// <summary>A primary with a synchronous standby by streaming replication, and a migrated database on both.</summary>
public sealed class ReplicatedPostgres : IAsyncDisposable
{
    private const string Database = "mpanel";
    private const string StandbyName = "standby";
    private readonly string _directory;
    private readonly string _password;

    private ReplicatedPostgres(string directory, string password, IReadOnlyList<string> settings)
    {
        (_directory, _password) = (directory, password);
        Primary = new ReplicaServer(directory, "a", password, settings);
        Standby = new ReplicaServer(directory, "b", password, settings);
    }

    public ReplicaServer Primary { get; private set; }
    public ReplicaServer Standby { get; private set; }

    /// <summary>Names both, that which is the standby now first.</summary>
    public string ConnectionString =>
        $"Host=127.0.0.1:{Standby.Port},127.0.0.1:{Primary.Port};Username=postgres;Password={_password};Database={Database}";

    /// <param name="durable">fsync on. Commits wait for the standby in any case.</param>
    public static async Task<ReplicatedPostgres> Start(bool durable = false, params string[] settings)
    {
        var (directory, password, passwordFile) = await PostgresPrograms.PrivateDirectory();
        string[] all = [.. settings, .. durable ? Array.Empty<string>() : ["fsync=off"]];
        var pair = new ReplicatedPostgres(directory, password, all);
        try
        {
            await pair.Create(passwordFile);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the standby the primary, after the primary was killed. It waits for no standby of its own: it has none.</summary>
    public async Task Promote()
    {
        if (!await Standby.Ask<bool>("select pg_promote(true, 30)"))
            throw new InvalidOperationException("The standby was not promoted within 30 s.");
        (Primary, Standby) = (Standby, Primary);
    }

    /// <summary>The former primary comes back as the synchronous standby: by pg_rewind, or, where that can't, by a new base backup.</summary>
    /// <returns>Whether pg_rewind did.</returns>
    public async Task<bool> Rejoin()
    {
        await Primary.Execute("checkpoint");
        var rewound = await Rewind();
        if (!rewound)
        {
            Directory.Delete(Standby.Data, recursive: true);
            await BaseBackup();
        }
        await StartStandby();
        return rewound;
    }

    /// <summary>Starts the stopped standby, or the new one; from when it has caught up on, commits wait for it.</summary>
    public async Task StartStandby()
    {
        await Standby.Start();
        await Standby.Execute("alter system reset synchronous_standby_names");
        await Standby.Execute("select pg_reload_conf()");
        await Wait.Until(
            () => Primary.Ask<bool>("select exists (select 1 from pg_stat_replication where state = 'streaming')"),
            "the standby to stream"
        );
        await Primary.Execute($"alter system set synchronous_standby_names = '{StandbyName}'");
        await Primary.Execute("select pg_reload_conf()");
        await Wait.Until(
            () => Primary.Ask<bool>("select exists (select 1 from pg_stat_replication where sync_state = 'sync')"),
            "the standby to be synchronous"
        );
    }

    public async ValueTask DisposeAsync()
    {
        // The standby last: a primary that stops waits for what it sends.
        foreach (var server in (ReplicaServer[])[Primary, Standby])
        {
            await server.Kill();
            server.Dispose();
        }
        for (var tries = 0; ; tries++)
        {
            try
            {
                Directory.Delete(_directory, recursive: true);
                return;
            }
            // What the killed servers leave behind may still be writing.
            catch (IOException) when (tries < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task Create(string passwordFile)
    {
        await PostgresPrograms.Run(
            $"{PostgresCluster.Bin}/initdb",
            "-D",
            Primary.Data,
            "-U",
            "postgres",
            "--auth=scram-sha-256",
            $"--pwfile={passwordFile}",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync"
        );
        // Let pg_rewind turn a primary that was left behind into a standby. In the file, for pg_rewind itself starts a server with no other
        // settings, to recover the killed one's data, and that would remove the log that pg_rewind then needs.
        await File.AppendAllTextAsync(Path.Combine(Primary.Data, "postgresql.conf"), "\nwal_log_hints = on\nwal_keep_size = 512MB\n");
        await Primary.Start();
        await Primary.Execute($"create database {Database}");
        var alone = $"Host=127.0.0.1;Port={Primary.Port};Username=postgres;Password={_password};Database={Database};Pooling=false";
        await using (var source = Db.Open(alone, "migrations"))
            await Migrator.Run(source);
        await BaseBackup();
        await StartStandby();
    }

    private Task BaseBackup() =>
        PostgresPrograms.Run(
            $"{PostgresCluster.Bin}/pg_basebackup",
            "-d",
            Primary.LibpqString(StandbyName),
            "-D",
            Standby.Data,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "--no-sync"
        );

    private async Task<bool> Rewind()
    {
        for (var tries = 0; tries < 20; tries++)
        {
            try
            {
                await PostgresPrograms.Run(
                    $"{PostgresCluster.Bin}/pg_rewind",
                    "-D",
                    Standby.Data,
                    $"--source-server={Primary.LibpqString(StandbyName)}",
                    "-R",
                    "--no-sync"
                );
                return true;
            }
            catch (InvalidOperationException)
            {
                // What is left of the killed primary's processes holds its files for a moment.
                await Task.Delay(250);
            }
        }
        return false;
    }
}
