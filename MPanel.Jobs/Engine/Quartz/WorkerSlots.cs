using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Engine.Quartz;

/// <summary>
/// How many steps run at once in this process. A Quartz job carries a batch of steps, to save commits; they share these slots, so that
/// one slow step holds up nothing that came with it.
/// </summary>
internal sealed class WorkerSlots(IOptions<JobOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.Value.Workers);
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Runs the work when a slot is free. False when the process began to drain first; then it was not run.</summary>
    public async Task<bool> Run(Func<CancellationToken, Task> work)
    {
        try
        {
            await _slots.WaitAsync(_draining.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        try
        {
            await work(_stopping.Token);
        }
        finally
        {
            _slots.Release();
        }
        return true;
    }

    /// <summary>Nothing new begins; what runs may go on.</summary>
    public void Drain() => _draining.Cancel();

    /// <summary>What runs is told to end.</summary>
    public void Interrupt() => _stopping.Cancel();

    public void Dispose()
    {
        _slots.Dispose();
        _draining.Dispose();
        _stopping.Dispose();
    }
}
