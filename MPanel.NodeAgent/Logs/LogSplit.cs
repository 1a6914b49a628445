using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Logs;

/// <param name="Reached">How far the log was split then.</param>
/// <param name="Lost">Lines that could not be kept. They were counted.</param>
/// <param name="Ended">Logs that have ended and can be packed.</param>
internal sealed record SplitPart(LogPosition Reached, int Lost, IReadOnlyList<LogHome> Ended);

/// <summary>
/// Brings a part of nginx's log to the websites' logs and counts it, once, wherever a run is killed: the plan says where each log ended before, so that the
/// next run cuts off what came half; a day's count says how far it has counted; the position moves last.
/// </summary>
internal sealed class LogSplit(
    AgentOptions options,
    NginxLayout layout,
    LogHomes homes,
    SiteLog logs,
    LogCursor cursor,
    TrafficBook book,
    LogRoom room,
    FaultSwitch faults
)
{
    /// <param name="Lost">Lines whose log can't be written.</param>
    private sealed record Plan(Dictionary<LogHome, long> Sizes, List<LogHome> Ended, int Lost);

    /// <summary>Takes back what a run that was killed has done in part.</summary>
    public LogPosition Recover(LogPosition at)
    {
        foreach (var (site, size) in at.Pending?.Sizes ?? [])
            SiteLog.CutBack(homes.Of(site), size);
        return at;
    }

    public SplitPart Do(long number, LineBatch batch)
    {
        var plan = room.IsShort ? new Plan([], [], batch.Count) : PlanOf(batch);
        var sizes = plan.Sizes.ToDictionary(p => p.Key.Site, p => p.Value);
        cursor.Write(new LogPosition(number, batch.From, new PendingPart(batch.To, sizes)));
        faults.After(Effect.LogPlan);
        var lost = plan.Lost + Append(batch, plan);
        book.Add(number, batch);
        faults.After(Effect.LogCount);
        var reached = new LogPosition(number, batch.To);
        cursor.Write(reached);
        faults.After(Effect.LogNote);
        return new SplitPart(reached, lost, plan.Ended);
    }

    private Plan PlanOf(LineBatch batch)
    {
        var plan = new Plan([], [], 0);
        foreach (var (site, lines) in batch.Lines)
        {
            var home = homes.Of(site);
            if (Ready(home, lines.WrittenCount) is not { } ready)
            {
                plan = plan with { Lost = plan.Lost + LinesIn(lines.WrittenSpan) };
                continue;
            }
            plan.Sizes[home] = ready.Size;
            if (ready.Ended)
                plan.Ended.Add(home);
        }
        return plan;
    }

    // A website may be removed at any moment, and one that can't be written to keeps nobody else's lines back.
    private ReadyLog? Ready(LogHome home, int bytes)
    {
        try
        {
            return logs.Prepare(home, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private int Append(LineBatch batch, Plan plan)
    {
        var lost = 0;
        foreach (var (home, size) in plan.Sizes)
        {
            var lines = batch.Lines[home.Site].WrittenSpan;
            try
            {
                SiteLog.Append(home, size, lines);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                lost += LinesIn(lines);
            }
            faults.After(Effect.LogAppend);
        }
        if (plan.Sizes.Count == 0)
            return lost;
        // One for all: thousands of files would take as many seconds.
        Posix.SyncFileSystem(options.SitesDirectory);
        Posix.SyncFileSystem(layout.LogDirectory);
        return lost;
    }

    private static int LinesIn(ReadOnlySpan<byte> lines) => lines.Count((byte)'\n');
}
