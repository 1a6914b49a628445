using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>One connection that a loop keeps for as long as it works, so that the pool never keeps the loop waiting.</summary>
internal sealed class LastingConnection(NpgsqlDataSource dataSource) : IAsyncDisposable
{
    private NpgsqlConnection? _db;

    public async Task<NpgsqlConnection> Open(CancellationToken cancellationToken) =>
        _db ??= await dataSource.OpenConnectionAsync(cancellationToken);

    /// <summary>Gives it back. The next one is another: after a failure, whatever state this one is in.</summary>
    public async Task Drop()
    {
        if (_db is not { } db)
            return;
        _db = null;
        await db.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await Drop();
}
