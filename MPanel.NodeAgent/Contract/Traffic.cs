namespace MPanel.NodeAgent.Contract;

/// <summary>
/// What visitors of a node's websites have moved. Totals of whole days so far, not what came since the last time: said again they change nothing.
/// </summary>
public sealed record TrafficRequest(TrafficItem[] Items)
{
    public const int MostItems = 500;
}

/// <param name="Day">In UTC.</param>
/// <param name="BytesIn">Of the requests, bodies included.</param>
/// <param name="BytesOut">Of the answers, heads included.</param>
public sealed record TrafficItem(long WebsiteId, DateOnly Day, long Requests, long BytesIn, long BytesOut)
{
    /// <summary>Of any of its numbers: sums of them are exact everywhere.</summary>
    public const long Most = 1_000_000_000_000_000;
}

/// <param name="Kept">How many items are known now.</param>
/// <param name="Ignored">How many were of websites that the panel does not have on this server, or of days that can't be.</param>
public sealed record TrafficResponse(int Kept, int Ignored);
