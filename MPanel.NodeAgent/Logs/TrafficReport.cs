using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Logs;

/// <summary>
/// Tells the panel what the websites have moved, as totals of days. What it has not heard is said again; after the agent's start all that is known is said
/// once, for nobody remembers what was heard.
/// </summary>
internal sealed partial class TrafficReport(
    AgentOptions options,
    TrafficBook book,
    PanelClient panel,
    TimeProvider time,
    ILogger<TrafficReport> logger
)
{
    private static readonly TimeSpan MuchLater = TimeSpan.FromHours(1);
    private readonly Dictionary<DateOnly, HeardDay> _heard = [];

    /// <param name="ChangedAt">Of the day's file when all of it had been heard.</param>
    private sealed record HeardDay(DateTime ChangedAt, Dictionary<long, SiteTraffic> Sites);

    public async Task Run(CancellationToken stopping)
    {
        var backoff = new Backoff(Random.Shared);
        while (true)
        {
            if (await SendAll(stopping) is not { } refusal)
            {
                backoff.Succeeded();
                await Task.Delay(TimeSpan.FromSeconds(options.AccessLogSeconds), time, stopping);
            }
            else if (refusal.Unavailable || refusal.TokenRefused)
                await panel.Pause(backoff.Failed(refusal.RetryAfter), refusal.Unanswered, stopping);
            else
            {
                // A panel that doesn't know the route yet will one day.
                LogNotTaken(refusal.Reason);
                await Task.Delay(MuchLater, time, stopping);
            }
        }
    }

    /// <returns>Why the panel has not heard all; null when it has.</returns>
    private async Task<PanelAnswer<TrafficResponse>?> SendAll(CancellationToken stopping)
    {
        var days = book.Days();
        foreach (var gone in _heard.Keys.Except(days).ToList())
            _heard.Remove(gone);
        foreach (var day in days)
        {
            if (await Send(day, stopping) is { } refusal)
                return refusal;
        }
        return null;
    }

    private async Task<PanelAnswer<TrafficResponse>?> Send(DateOnly day, CancellationToken stopping)
    {
        // Before it is read: what is counted meanwhile is said the next time.
        var changedAt = book.ChangedAt(day);
        if (!_heard.TryGetValue(day, out var heard))
            _heard[day] = heard = new HeardDay(default, []);
        if (heard.ChangedAt == changedAt)
            return null;
        foreach (var part in book.Of(day).Sites.Where(s => heard.Sites.GetValueOrDefault(s.Key) != s.Value).Chunk(TrafficRequest.MostItems))
        {
            var items = part.Select(s => new TrafficItem(s.Key, day, s.Value.Requests, s.Value.BytesIn, s.Value.BytesOut));
            var answer = await panel.Traffic(new TrafficRequest([.. items]), stopping);
            if (!answer.Accepted)
                return answer;
            foreach (var (site, traffic) in part)
                heard.Sites[site] = traffic;
        }
        _heard[day] = heard with { ChangedAt = changedAt };
        return null;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The panel does not take the websites' traffic: {Reason}. It is kept, and said again in an hour"
    )]
    private partial void LogNotTaken(string reason);
}
