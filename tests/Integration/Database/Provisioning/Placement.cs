using MPanel.Database.Provisioning;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Provisioning;

/// <summary>A transaction that places a website and stays open.</summary>
public sealed class Placement(NpgsqlConnection db, NpgsqlTransaction transaction) : IAsyncDisposable
{
    private static readonly PlacementNeed Need = new("hosting", "web", [], TimeSpan.FromSeconds(90));

    private readonly int _backend = db.ProcessID;

    public static async Task<Placement> Begin(ProvisioningWorld world)
    {
        var db = await world.DataSource.OpenConnectionAsync();
        return new Placement(db, await db.BeginTransactionAsync());
    }

    public Task<long?> Place() => PlaceWebsite.Run(transaction, Need);

    public Task<long?> Choose() => PlaceWebsite.Choose(transaction, Need);

    public Task<bool> Take(long serverId) => PlaceWebsite.Take(transaction, serverId);

    public Task IsBlocked(ProvisioningWorld world) =>
        Wait.Until(
            async () => await world.Scalar<bool>("select cardinality(pg_blocking_pids(@_backend)) > 0", new { _backend }),
            "the placement to wait for another's"
        );

    public async Task End(bool commit) => await (commit ? transaction.CommitAsync() : transaction.RollbackAsync());

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await db.DisposeAsync();
    }
}
