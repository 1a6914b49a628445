using System.Diagnostics;
using System.Net.Sockets;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Faults.Load;

/// <summary>Agents as the panel sees them: they report, claim, and are done at once. What they can't deliver they keep and deliver later.</summary>
internal sealed class AgentFleet(WorkerFleet fleet, IReadOnlyList<int> ports)
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(2);
    private const int WaitSeconds = 2;
    private long _done;

    /// <summary>Completions that the panel took.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Until stopped.</summary>
    public Task Run(CancellationToken stop) =>
        Task.WhenAll(fleet.Tokens.Select((_, i) => Task.Run(() => Work(i, stop), CancellationToken.None)));

    private async Task Work(int number, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var worker = await Worker.Open(ports[number % ports.Count], fleet.Tokens[number], stop);
                await Work(worker, stop);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException)
            {
                // The panel was gone or refused; agents come again.
                await Pause(500, stop);
            }
        }
    }

    private async Task Work(Worker worker, CancellationToken stop)
    {
        for (var heard = Stopwatch.StartNew(); !stop.IsCancellationRequested; )
        {
            if (heard.Elapsed > HeartbeatEvery)
            {
                await worker.Heartbeat(stop);
                heard.Restart();
            }
            var asked = Stopwatch.GetTimestamp();
            if (await worker.TryClaim(WaitSeconds, stop) is { } lease)
                await Deliver(worker, lease, stop);
            else if (Stopwatch.GetElapsedTime(asked).TotalMilliseconds < 500)
                await Pause(500, stop);
        }
    }

    private async Task Deliver(Worker worker, TaskLease lease, CancellationToken stop)
    {
        while ((await worker.Deliver(lease, stop)).Status is var status && status != 409)
        {
            if (status == 200)
            {
                Interlocked.Increment(ref _done);
                return;
            }
            await Pause(500, stop);
            stop.ThrowIfCancellationRequested();
        }
    }

    private static async Task Pause(int milliseconds, CancellationToken stop) =>
        await Task.Delay(milliseconds, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
