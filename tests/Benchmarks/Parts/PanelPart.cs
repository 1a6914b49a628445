using MPanel.Benchmarks.Load;
using MPanel.Database.Access;
using MPanel.Database.Servers;
using MPanel.Tests.Support;
using MPanel.Web;
using Npgsql;

namespace MPanel.Benchmarks.Parts;

/// <summary>The server program as a process, on a database of its own, set up as in production.</summary>
public sealed class PanelPart : IAsyncDisposable
{
    private readonly ProgramProcess _process;

    private PanelPart(ProgramProcess process, int port, int pagesPort, string connectionString, NpgsqlDataSource database, string key) =>
        (_process, Port, PagesPort, ConnectionString, Database, Key) = (process, port, pagesPort, connectionString, database, key);

    /// <summary>The API's.</summary>
    public int Port { get; }
    public int PagesPort { get; }
    public string Url => $"http://127.0.0.1:{Port}";
    public int ProcessId => _process.Id;
    public string ConnectionString { get; }

    /// <summary>The benchmark's own connections to the panel's database.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>An API key that may place orders.</summary>
    public string Key { get; }

    public static async Task<PanelPart> Start(BenchParts parts, string roles, bool serverTiming = false)
    {
        var connectionString = await parts.CreateDatabase();
        var port = PostgresCluster.FreePort();
        var pagesPort = PostgresCluster.FreePort();
        var process = ProgramProcess.Start(
            "panel",
            typeof(PanelApp).Assembly.Location,
            parts.Logs,
            [],
            new Dictionary<string, string>
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["Roles"] = roles,
                ["Http__ApiPort"] = $"{port}",
                ["Http__PagesPort"] = $"{pagesPort}",
                ["Http__ServerTiming"] = $"{serverTiming}",
                // What waits here is to be measured, not refused.
                ["Orders__MaxWaiting"] = "1000000",
                ["ConnectionStrings__MPanel"] = connectionString,
                ["Invoices__Seller__Name"] = "Bench Hosting Ltd",
                ["Stripe__ApiKey"] = parts.Simulator.Key,
                ["Stripe__BaseUrl"] = parts.Simulator.Url,
                ["Stripe__ExpectedLiveMode"] = "false",
            }
        );
        var database = BenchParts.Open(connectionString);
        try
        {
            await process.Until(() => SimulatorPart.Answers(port, "/readyz", parts.Stop), parts.Stop);
            await using var db = await database.OpenConnectionAsync(parts.Stop);
            var key = await ApiKeys.Create(db, "bench", ["orders:write", "orders:read"], expiresAt: null);
            return new PanelPart(process, port, pagesPort, connectionString, database, key);
        }
        catch
        {
            await process.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    public Task<WireClient> Connect(CancellationToken stop) => WireClient.Open(Port, stop);

    /// <summary>For an agent's first start.</summary>
    public async Task<string> EnrolmentCode(string server)
    {
        await using var db = await Database.OpenConnectionAsync();
        return await Enrolment.CreateCode(db, server) ?? throw new InvalidOperationException($"There is no server {server}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await Database.DisposeAsync();
    }
}
