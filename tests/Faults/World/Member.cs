using MPanel.Tests.Support;

namespace MPanel.Faults.World;

/// <summary>One of the world's programs, kept running as an init system does: whatever ends is started again a moment later.</summary>
public sealed class Member : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly Func<ProgramProcess> _start;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _keeping;
    private volatile ProgramProcess _process;

    /// <param name="port">Where it answers whether it is ready.</param>
    public Member(string name, int port, Func<ProgramProcess> start)
    {
        (Name, Port, _start) = (name, port, start);
        _process = start();
        _keeping = Keep();
    }

    public string Name { get; }
    public int Port { get; }
    public int ProcessId => _process.Id;

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; } = 1;

    public void Kill() => _process.Kill();

    public void Terminate() => _process.Terminate();

    public void Suspend() => _process.Suspend();

    public void Resume() => _process.Resume();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        _process.Resume();
        await _process.DisposeAsync();
        _stop.Dispose();
    }

    private async Task Keep()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested || !_process.HasExited)
                continue;
            await _process.DisposeAsync();
            _process = _start();
            Starts++;
        }
    }
}
