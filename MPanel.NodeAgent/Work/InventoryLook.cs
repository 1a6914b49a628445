using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Hosting;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Work;

/// <summary>
/// Tells the panel what stands on this node: at the start, each night, and when somebody asks. It mends nothing: what differs is the panel's to
/// repair with a task.
/// </summary>
internal sealed partial class InventoryLook(
    SiteInspection sites,
    NginxServer nginx,
    PanelClient panel,
    TimeProvider time,
    ILogger<InventoryLook> logger
)
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly TimeSpan Jitter = TimeSpan.FromHours(2);
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _spoken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset? _heard;

    /// <param name="at">By the panel's clock; null when nobody ever asked.</param>
    public void Ask(DateTimeOffset? at)
    {
        lock (_lock)
        {
            if (at is not null && !(at <= _heard))
            {
                _heard = at;
                _asked.TrySetResult();
            }
        }
        _spoken.TrySetResult();
    }

    public async Task Run(CancellationToken stopping)
    {
        // What is dark because nginx only starts is no difference.
        for (var since = time.GetTimestamp(); nginx.Master() is null && time.GetElapsedTime(since) < StartBound; )
            await Task.Delay(Pause, time, stopping);
        // An old question is answered by the look at the start, and asks for no second one.
        await Task.WhenAny(_spoken.Task, Task.Delay(StartBound, time, stopping));
        stopping.ThrowIfCancellationRequested();
        while (true)
        {
            BeginLook();
            await Send(await Look(stopping), stopping);
            await Next(stopping);
        }
    }

    private void BeginLook()
    {
        // Who asks from here on asks for the next one.
        lock (_lock)
            _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task Next(CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task asked;
        lock (_lock)
            asked = _asked.Task;
        // Not all nodes at the same moment.
        await Task.WhenAny(asked, Task.Delay(Day + Jitter * (Random.Shared.NextDouble() - 0.5), time, over.Token));
        await over.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    private async Task<InventoryItem[]> Look(CancellationToken stopping)
    {
        var since = time.GetTimestamp();
        var items = await sites.Look(stopping);
        var (problems, seconds) = (items.Count(i => i.Problem is not null), time.GetElapsedTime(since).TotalSeconds);
        LogLooked(items.Length, problems, seconds);
        return items;
    }

    private async Task Send(InventoryItem[] items, CancellationToken stopping)
    {
        var run = Guid.NewGuid();
        InventoryItem[][] parts =
            items.Length == 0
                ?
                [
                    [],
                ]
                : [.. items.Chunk(InventoryRequest.MostItems)];
        var ahead = new HashSet<long>();
        for (var i = 0; i < parts.Length; i++)
        {
            var request = new InventoryRequest(run, parts[i], i == parts.Length - 1);
            if (await Send(() => panel.Inventory(request, stopping), stopping) is not { } answer)
                return;
            ahead.UnionWith(answer.Body?.Ahead ?? []);
        }
        if (ahead.Count > 0)
            await SendKept(ahead, stopping);
    }

    // Asked for by name only: most nodes have nothing that their panel doesn't know.
    private async Task SendKept(HashSet<long> websites, CancellationToken stopping)
    {
        foreach (var items in (await sites.Kept(websites, stopping)).Chunk(KeptSpecsRequest.MostItems))
        {
            if (await Send(() => panel.KeptSpecs(new KeptSpecsRequest(items), stopping), stopping) is null)
                return;
        }
    }

    /// <returns>Null when the panel does not take it, whenever it is asked.</returns>
    private async Task<PanelAnswer<T>?> Send<T>(Func<Task<PanelAnswer<T>>> call, CancellationToken stopping)
        where T : class
    {
        for (var backoff = new Backoff(Random.Shared); ; )
        {
            var answer = await call();
            if (answer.Accepted)
                return answer;
            // A panel that doesn't know the route yet.
            if (answer.Status is 404 or 405)
                return null;
            if (!answer.Unavailable && !answer.TokenRefused)
            {
                LogRefused(answer.Reason);
                return null;
            }
            await panel.Pause(backoff.Failed(answer.RetryAfter), answer.Unanswered, stopping);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Looked at {Count} websites in {Seconds:0.0} s: {Problems} are not as they should be"
    )]
    private partial void LogLooked(int count, int problems, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The panel refused the inventory: {Reason}")]
    private partial void LogRefused(string reason);
}
