using System.Diagnostics;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

/// <summary>Many orders at the same moment.</summary>
/// <param name="Answering">Milliseconds from the first order's first byte until each site answered, in the order of their answers.</param>
public sealed record OrdersAtOnce(IReadOnlyList<double> Answering)
{
    private const int Connections = 32;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(10);

    public static async Task<OrdersAtOnce> Run(BenchParts parts, PanelPart panel, AgentProcess agent, int count)
    {
        var orders = SampleOrder.Many(count);
        await parts.Simulator.Pay(orders, parts.Stop);
        var since = Stopwatch.StartNew();
        await Posting.Run(panel, orders, Math.Min(Connections, count), parts.Stop);
        var waiting = orders.Select(o => o.Domain).ToList();
        var answering = new List<double>();
        while (waiting.Count > 0)
        {
            if (since.Elapsed > Bound)
                throw new TimeoutException($"{waiting.Count} of {count} sites never answered.");
            // One by one, so that asking costs next to nothing: who answers is asked no more, and mostly they come in the order of their ids.
            if (await SiteVisit.Status(waiting[0], agent, parts.Stop) == 200)
            {
                answering.Add(since.Elapsed.TotalMilliseconds);
                waiting.RemoveAt(0);
            }
            else
                await Task.Delay(5, parts.Stop);
        }
        return new OrdersAtOnce(answering);
    }
}
