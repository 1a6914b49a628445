using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Work;

/// <summary>The slots: each asks for a task, does it, and asks again.</summary>
internal sealed partial class WorkLoop(
    AgentOptions options,
    IEnumerable<ITaskHandler> handlers,
    PanelClient panel,
    TokenFile token,
    TaskRunner runner,
    TimeProvider time,
    ILogger<WorkLoop> logger
)
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);
    private readonly string[] _types = [.. handlers.SelectMany(h => h.Contracts.Prepend(h.Type))];
    private int _busy;

    public string[] Types => _types;

    public int FreeSlots => Math.Max(0, options.Slots - Volatile.Read(ref _busy));

    /// <summary>Returns when every slot has stopped.</summary>
    public Task Run(CancellationToken stopping, CancellationToken over) =>
        Task.WhenAll(Enumerable.Range(0, options.Slots).Select(_ => Slot(stopping, over)));

    private async Task Slot(CancellationToken stopping, CancellationToken over)
    {
        var backoff = new Backoff(Random.Shared);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var (pause, unanswered) = await ClaimAndWork(backoff, stopping, over);
                await panel.Pause(pause, unanswered, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A bug in one task must not cost the node its slot.
                var pause = backoff.Failed();
                LogBroken(e, pause.TotalSeconds);
                await Task.WhenAny(Task.Delay(pause, time, stopping));
            }
        }
    }

    private async Task<(TimeSpan Pause, bool Unanswered)> ClaimAndWork(Backoff backoff, CancellationToken stopping, CancellationToken over)
    {
        var asked = time.GetTimestamp();
        var answer = await panel.Claim(_types, options.ClaimWaitSeconds, stopping);
        if (answer.Body is { } lease)
        {
            backoff.Succeeded();
            await Work(lease, stopping, over);
            return (TimeSpan.Zero, false);
        }
        if (answer.Accepted)
        {
            backoff.Succeeded();
            // A panel that does not hold the request, as in maintenance, is not to be asked in a busy loop.
            return (time.GetElapsedTime(asked) < LeastPause ? LeastPause * (1 + Random.Shared.NextDouble()) : TimeSpan.Zero, false);
        }
        if (answer.Unavailable)
        {
            var pause = backoff.Failed(answer.RetryAfter);
            LogUnavailable(answer.Reason, pause.TotalSeconds);
            return (pause, answer.Unanswered);
        }
        LogRefused(answer.Reason, token.Path, options.RefusedRetrySeconds);
        token.Reload();
        return (TimeSpan.FromSeconds(options.RefusedRetrySeconds), false);
    }

    private async Task Work(TaskLease lease, CancellationToken stopping, CancellationToken over)
    {
        Interlocked.Increment(ref _busy);
        try
        {
            await runner.Run(lease, time.GetTimestamp(), stopping, over);
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A slot broke; it goes on in {Seconds:0} s")]
    private partial void LogBroken(Exception e, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No task could be claimed ({Reason}); again in {Seconds:0.0} s")]
    private partial void LogUnavailable(string reason, double seconds);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The panel refused this agent's token or request ({Reason}). If the token was revoked, remove {TokenFile}, set a new Agent:EnrolmentCode and restart. Asking again in {Seconds} s"
    )]
    private partial void LogRefused(string reason, string tokenFile, int seconds);
}
