using Dapper;
using MPanel.Benchmarks.Parts;

namespace MPanel.Benchmarks.Memory;

/// <summary>What the server program and PostgreSQL spend.</summary>
public sealed class CpuMeter
{
    private readonly int _server;
    private readonly int _postmaster;
    private double _serverBefore;
    private double _databaseBefore;

    private CpuMeter(int server, int postmaster) => (_server, _postmaster) = (server, postmaster);

    public static async Task<CpuMeter> Of(PanelPart panel)
    {
        await using var db = await panel.Database.OpenConnectionAsync();
        return new CpuMeter(panel.ProcessId, ProcessCpu.ParentOf(await db.ExecuteScalarAsync<int>("select pg_backend_pid()")));
    }

    public void Start() => (_serverBefore, _databaseBefore) = (ProcessCpu.Of(_server), ProcessCpu.OfFamily(_postmaster));

    /// <summary>Milliseconds since the start, divided by the number of orders.</summary>
    public (double Server, double Database) Each(int orders) =>
        ((ProcessCpu.Of(_server) - _serverBefore) / orders, (ProcessCpu.OfFamily(_postmaster) - _databaseBefore) / orders);
}
