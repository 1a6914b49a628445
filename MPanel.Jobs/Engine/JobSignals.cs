namespace MPanel.Jobs.Engine;

/// <summary>
/// What this process tells its own loops, so that they needn't wait for their next look. Nothing is lost when it isn't told, or dies
/// before it tells: each loop looks by itself, and finds what other processes left.
/// </summary>
public sealed class JobSignals : IDisposable
{
    internal Signal Handover { get; } = new();
    internal Signal Queue { get; } = new();
    internal Signal Steps { get; } = new();

    /// <summary>Call after the commit that added work. Never blocks and never fails.</summary>
    public void Added() => Handover.Set();

    /// <summary>Call after the commit that put work into the queue.</summary>
    public void Queued() => Queue.Set();

    internal void Stepped() => Steps.Set();

    public void Dispose()
    {
        Handover.Dispose();
        Queue.Dispose();
        Steps.Dispose();
    }

    /// <summary>Wakes one waiter; set twice before anybody waited, it wakes once.</summary>
    internal sealed class Signal : IDisposable
    {
        private readonly SemaphoreSlim _set = new(0, 1);

        public void Set()
        {
            try
            {
                _set.Release();
            }
            catch (SemaphoreFullException)
            {
                // It is set already.
            }
        }

        public void Dispose() => _set.Dispose();

        /// <returns>False when the time was over first.</returns>
        public Task<bool> Wait(TimeSpan most, CancellationToken cancellationToken) => _set.WaitAsync(most, cancellationToken);
    }
}
