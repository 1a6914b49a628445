namespace MPanel.Tests.Support;

/// <summary>
/// For a test assembly that uses <see cref="PostgresCluster.Shared"/>: ends it with the last test. Left to the process's end, deleting
/// hundreds of databases would take longer than the runner waits for its own process.
/// </summary>
public sealed class SharedCluster : IAsyncDisposable
{
    public ValueTask DisposeAsync() => PostgresCluster.StopShared();
}
