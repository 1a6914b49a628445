using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>One connection that a loop keeps for as long as it works, so that the pool never keeps the loop waiting.</summary>
internal sealed class LastingConnection(NpgsqlDataSource dataSource) : IAsyncDisposable
{
    private NpgsqlConnection? _db;

    public async Task<NpgsqlConnection> Open(CancellationToken cancellationToken) =>
        _db ??= await dataSource.OpenConnectionAsync(cancellationToken);

    /// <summary>After a failure: whatever state it is in, the next one is new.</summary>
    public async Task Drop()
    {
        if (_db is not { } db)
            return;
        _db = null;
        await db.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await Drop();
}
