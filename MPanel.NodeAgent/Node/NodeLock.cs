using MPanel.NodeAgent.Nginx;

namespace MPanel.NodeAgent.Node;

/// <summary>
/// Held by whoever changes sites or nginx's configuration: one task at a time on the node, also when two agents share one vhost
/// directory, or a new agent starts while the old one still ends.
/// </summary>
internal sealed class NodeLock(NginxLayout layout, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly SemaphoreSlim _within = new(1, 1);

    public async Task<IDisposable> Take(CancellationToken cancellationToken)
    {
        await _within.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                if (FileLock.TryTake(layout.LockFile) is { } file)
                    return new Held(this, file);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
        catch
        {
            _within.Release();
            throw;
        }
    }

    public void Dispose() => _within.Dispose();

    private sealed class Held(NodeLock node, FileLock file) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            node._within.Release();
        }
    }
}
