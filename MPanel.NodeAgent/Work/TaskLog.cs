using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Work;

/// <summary>
/// The log of one attempt: cleaned, numbered, capped, written to the agent's own log and sent to the panel while the task goes on.
/// A panel that cannot be reached costs nothing but these lines.
/// </summary>
internal sealed partial class TaskLog : IAsyncDisposable
{
    public const int MostLines = 2000;
    public const int MostBytes = 256 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Func<LogLine[], CancellationToken, Task<PanelAnswer<Nothing>>> _send;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IReadOnlyDictionary<string, object> _scope;
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<LogLine> _unsent = [];
    private Task _sender = Task.CompletedTask;
    private int _lines;
    private int _bytes;
    private bool _cut;
    private bool _refused;

    /// <param name="scope">What the agent's own log says of the task: a line may come from a switch that is made for several of them.</param>
    public TaskLog(
        Func<LogLine[], CancellationToken, Task<PanelAnswer<Nothing>>> send,
        TimeProvider time,
        ILogger logger,
        IReadOnlyDictionary<string, object>? scope = null
    ) => (_send, _time, _logger, _scope) = (send, time, logger, scope ?? new Dictionary<string, object>());

    /// <summary>Called when the panel says that the lease is not ours.</summary>
    public event Action? Refused;

    public void Start() => _sender = SendOnAndOn();

    public void Info(string text) => Add("info", LogLevel.Information, text);

    public void Warn(string text) => Add("warn", LogLevel.Warning, text);

    public void Error(string text) => Add("error", LogLevel.Error, text);

    /// <summary>What the panel has not acknowledged yet.</summary>
    public LogLine[] Unsent()
    {
        lock (_lock)
            return [.. _unsent];
    }

    /// <summary>Sends what there is, for at most the given time.</summary>
    public async Task Flush(TimeSpan bound)
    {
        using var limit = new CancellationTokenSource(bound, _time);
        try
        {
            while (await SendBatch(limit.Token)) { }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            LogNotSent("no answer in time");
        }
    }

    /// <summary>No more is sent: what is left goes with the outcome.</summary>
    public async Task Stop()
    {
        await _ending.CancelAsync();
        await _sender;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _ending.Dispose();
        _sending.Dispose();
    }

    private void Add(string level, LogLevel localLevel, string text)
    {
        foreach (var part in text.Split('\n', MostLines + 1))
        {
            var line = LogText.Clean(part);
            if (line.Length > 0)
                Keep(level, localLevel, line);
        }
    }

    private void Keep(string level, LogLevel localLevel, string line)
    {
        lock (_lock)
        {
            if (_cut)
                return;
            var bytes = System.Text.Encoding.UTF8.GetByteCount(line);
            if (_lines >= MostLines || _bytes + bytes > MostBytes)
            {
                _cut = true;
                (level, localLevel) = ("warn", LogLevel.Warning);
                line = $"The log was cut here: it may have {MostLines} lines and {MostBytes / 1024} KiB.";
            }
            _bytes += bytes;
            _unsent.Add(new LogLine(++_lines, _time.GetUtcNow(), level, line));
        }
        using (_logger.BeginScope(_scope))
            LogTaskLine(localLevel, line);
    }

    private async Task SendOnAndOn()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, _time);
            while (await timer.WaitForNextTickAsync(_ending.Token))
            while (await SendBatch(_ending.Token)) { }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The task has ended; what is unsent goes with its outcome.
        }
    }

    // True when more may follow at once.
    private async Task<bool> SendBatch(CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            var batch = NextBatch();
            if (batch.Length == 0)
                return false;
            var answer = await _send(batch, cancellationToken);
            if (answer.LeaseRefused)
            {
                _refused = true;
                Refused?.Invoke();
                return false;
            }
            if (answer.Unavailable || answer.TokenRefused)
            {
                LogNotSent(answer.Reason);
                return false;
            }
            if (!answer.Accepted)
                LogNotSent(answer.Reason);
            Forget(batch);
            return true;
        }
        finally
        {
            _sending.Release();
        }
    }

    private LogLine[] NextBatch()
    {
        lock (_lock)
            return _refused ? [] : LogBatch.First(_unsent);
    }

    private void Forget(LogLine[] batch)
    {
        lock (_lock)
            _unsent.RemoveRange(0, batch.Length);
    }

    [LoggerMessage(Message = "{Line}")]
    private partial void LogTaskLine(LogLevel level, string line);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Log lines were not sent: {Reason}")]
    private partial void LogNotSent(string reason);
}
