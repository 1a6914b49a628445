using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

/// <summary>From the marketing API's call about a payment to the website's first answer, through the real agent and its nginx.</summary>
public static class SitesBenchmark
{
    public static async Task<IReadOnlyList<Table>> Run(BenchParts parts)
    {
        await using var panel = await PanelPart.Start(parts, "web,jobs");
        await using var agent = AgentProcess.Start(panel.Url, await panel.EnrolmentCode("srv1"), ("ClaimWaitSeconds", "25"));
        var count = parts.Options.Pick(8, 50, 50);
        const int neighbours = 5000;
        var table = new Table("Payment to answering site", "on the node before", "orders", "p50", "p99", "hosting task done p50", "p99");
        parts.Say("  an empty node");
        var runs = await Waits(parts, panel, agent, count + 3);
        Add("nothing", runs.Skip(3).ToList());
        parts.Say($"  {neighbours:#,0} websites on the node");
        await Neighbours.Add(agent, neighbours);
        runs = await Waits(parts, panel, agent, count + 3);
        Add($"{neighbours:#,0} websites", runs.Skip(3).ToList());
        table.Note(
            "From sending the order to the site's first 200 through nginx, one order after the other. The agent makes the system user,"
        );
        table.Note("and the directories, tests nginx's configuration, reloads and probes. Two plans of the order are one website.");
        return [table];

        void Add(string before, IReadOnlyList<SiteWait> waits) =>
            table.Add(
                before,
                $"{waits.Count}",
                Figure.P50(waits.Select(w => w.Answering)),
                Figure.P99(waits.Select(w => w.Answering)),
                Figure.P50(waits.Select(w => w.AllDone)),
                Figure.P99(waits.Select(w => w.AllDone))
            );
    }

    private static async Task<IReadOnlyList<SiteWait>> Waits(BenchParts parts, PanelPart panel, AgentProcess agent, int count)
    {
        var orders = SampleOrder.Many(count);
        await parts.Simulator.Pay(orders, parts.Stop);
        await using var client = await panel.Connect(parts.Stop);
        var waits = new List<SiteWait>();
        foreach (var order in orders)
            waits.Add(await SiteWait.Of(order, panel, client, agent, parts.Stop));
        return waits;
    }
}
