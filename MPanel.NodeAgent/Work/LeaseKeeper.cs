using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Work;

/// <summary>
/// Renews a lease each third of it until disposed. Counts by the monotonic clock from before the request was sent, less a margin:
/// the agent must believe the lease over before the panel does.
/// </summary>
internal sealed partial class LeaseKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostMargin = TimeSpan.FromSeconds(2);
    private readonly TaskLease _lease;
    private readonly Func<CancellationToken, Task<PanelAnswer<RenewResponse>>> _renew;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private long _since;
    private TimeSpan _length;
    private bool _lost;
    private Task _keeping = Task.CompletedTask;

    /// <param name="received">Timestamp of when the lease came in.</param>
    public LeaseKeeper(
        TaskLease lease,
        long received,
        Func<CancellationToken, Task<PanelAnswer<RenewResponse>>> renew,
        TimeProvider time,
        ILogger logger
    )
    {
        (_lease, _renew, _time, _logger) = (lease, renew, time, logger);
        Extend(received, lease.LeaseSeconds);
    }

    /// <summary>Asked of the clock at every call.</summary>
    public bool Held
    {
        get
        {
            lock (_lock)
                return !_lost && _time.GetElapsedTime(_since) < _length;
        }
    }

    /// <summary>Called once, when the lease is no longer ours.</summary>
    public event Action? Lost;

    public void Start() => _keeping = Keep();

    /// <summary>For whoever learns it on another way, such as a refused log line.</summary>
    public void Refused() => Lose("the panel refused it");

    /// <summary>No more renewals: the outcome is about to be reported.</summary>
    public async Task Stop()
    {
        await _ending.CancelAsync();
        await _keeping;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _ending.Dispose();
    }

    private async Task Keep()
    {
        try
        {
            while (Held)
            {
                await Task.Delay(UntilNext(), _time, _ending.Token);
                await Renew();
            }
            Lose("it ran out");
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The task has ended and needs its lease no longer.
        }
    }

    private TimeSpan UntilNext()
    {
        lock (_lock)
        {
            var wait = _length / 3 - _time.GetElapsedTime(_since);
            // Past the third the last renewal failed: try again soon, however short the lease is.
            return wait > TimeSpan.Zero ? wait : Min(_length / 10, Retry);
        }
    }

    private async Task Renew()
    {
        var left = Left();
        if (left <= TimeSpan.Zero)
            return;
        var asked = _time.GetTimestamp();
        // A renewal that hangs must not outlast the lease.
        using var limit = new CancellationTokenSource(left, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
        try
        {
            var answer = await _renew(either.Token);
            if (answer.Body is { } renewed)
                Extend(asked, renewed.LeaseSeconds);
            else if (answer.LeaseRefused)
                Lose(answer.Reason);
            else
                LogNotRenewed(_lease.Id, answer.Reason);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !_ending.IsCancellationRequested)
        {
            LogNotRenewed(_lease.Id, "no answer before the lease's end");
        }
    }

    private TimeSpan Left()
    {
        lock (_lock)
            return _lost ? TimeSpan.Zero : _length - _time.GetElapsedTime(_since);
    }

    private void Extend(long since, int seconds)
    {
        var length = TimeSpan.FromSeconds(seconds);
        lock (_lock)
            (_since, _length) = (since, length - Min(length / 10, MostMargin));
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Lose(string reason)
    {
        lock (_lock)
        {
            if (_lost)
                return;
            _lost = true;
        }
        LogLost(_lease.Id, reason);
        Lost?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of task {TaskId} was not renewed: {Reason}")]
    private partial void LogNotRenewed(long taskId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The lease of task {TaskId} is lost: {Reason}. No outcome will be reported")]
    private partial void LogLost(long taskId, string reason);
}
