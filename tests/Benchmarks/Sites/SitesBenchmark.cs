using System.Globalization;
using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Memory;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

/// <summary>
/// What a node's visitors wait for: from the marketing API's call about a payment to the website's first answer, from an admin's call to the
/// suspended page; through the real agent and its nginx. And what a look at all of its websites costs.
/// </summary>
public static class SitesBenchmark
{
    private const int WarmUp = 3;

    public static async Task<IReadOnlyList<Table>> Run(BenchParts parts)
    {
        await using var panel = await PanelPart.Start(parts, "web,jobs");
        await using var agent = AgentProcess.Start(panel.Url, await panel.EnrolmentCode("srv1"), ("ClaimWaitSeconds", "25"));
        var count = parts.Options.Pick(8, 50, 50);
        var neighbours = parts.Options.Pick(500, 5000, 5000);
        var paid = new Table("Payment to answering site", "on the node before", "orders", "p50", "p99", "hosting task done p50", "p99");
        var suspended = new Table(
            "Suspend and resume",
            "on the node",
            "websites",
            "to 503 p50",
            "p99",
            "to 200 p50",
            "p99",
            "nginx -t p50"
        );
        var memory = new Table("The agent's memory, resident", "", "now", "peak since start");
        await Wait.Until(() => agent.NginxMaster() is not null, "the agent's nginx", () => agent.Log);
        Remember("at rest, an empty node");
        parts.Say("  an empty node");
        await Measure("nothing");
        Remember("after these");
        parts.Say($"  {neighbours:#,0} websites on the node");
        await Neighbours.Add(agent, neighbours);
        var last = await Measure($"{neighbours:#,0} websites");
        Remember($"with {neighbours:#,0} websites");
        var atOnce = parts.Options.Pick(10, 100, 100);
        parts.Say($"  {atOnce} orders at once");
        var together = await OrdersAtOnce.Run(parts, panel, agent, atOnce);
        Remember($"after {atOnce} orders at once");
        parts.Say("  a look at all of them");
        var look = await Look(parts, panel, agent, last.Domain);
        Remember("after looks at all of them");
        paid.Note(
            "From sending the order to the site's first 200 through nginx, one order after the other. The agent makes the system user,"
        );
        paid.Note("and the directories, tests nginx's configuration, reloads and probes. Two plans of the order are one website.");
        suspended.Note(
            "From the API's call to the first visitor who sees it, one website after the other. Beside it nginx alone, testing its whole configuration."
        );
        return [paid, suspended, Together(together, neighbours), look, memory];

        async Task<SampleOrder> Measure(string before)
        {
            var orders = SampleOrder.Many(count + WarmUp);
            var waits = (await Waits(parts, panel, agent, orders)).Skip(WarmUp).ToList();
            paid.Add(
                before,
                $"{waits.Count}",
                Figure.P50(waits.Select(w => w.Answering)),
                Figure.P99(waits.Select(w => w.Answering)),
                Figure.P50(waits.Select(w => w.AllDone)),
                Figure.P99(waits.Select(w => w.AllDone))
            );
            var suspending = await SuspendWait.Create(panel, agent);
            var changes = new List<SuspendWait.Wait>();
            foreach (var order in orders.Skip(WarmUp))
                changes.Add(await suspending.Of(order, parts.Stop));
            suspended.Add(
                before,
                $"{changes.Count}",
                Figure.P50(changes.Select(c => c.Suspended)),
                Figure.P99(changes.Select(c => c.Suspended)),
                Figure.P50(changes.Select(c => c.Resumed)),
                Figure.P99(changes.Select(c => c.Resumed)),
                Figure.P50(await BareTest.Run(agent, count, parts.Stop))
            );
            return orders[^1];
        }

        void Remember(string when)
        {
            var now = ProcessMemory.Of(agent.ProcessId);
            memory.Add(when, Figure.Mebibytes(now.Resident), Figure.Mebibytes(now.Peak));
        }
    }

    private static Table Together(OrdersAtOnce together, int neighbours)
    {
        var table = new Table("Orders at once", "beside", "orders", "half of the sites answer", "the last site answers");
        table.Add(
            $"{neighbours:#,0} websites",
            $"{together.Answering.Count}",
            Figure.P50(together.Answering),
            Figure.Milliseconds(together.Answering.Max())
        );
        table.Note("From the first order's first byte. They come over up to 32 connections, as quickly as the panel takes them.");
        return table;
    }

    private static async Task<Table> Look(BenchParts parts, PanelPart panel, AgentProcess agent, string domain)
    {
        // Thousands of system users are nothing to leave on a machine: the look skips them, and asks nginx for each website all the same.
        await Neighbours.GiveTrees(agent);
        agent.Restart(("SystemUsers", "false"), ("HeartbeatSeconds", "1"));
        await Wait.Until(
            async () => await SiteVisit.Status(domain, agent, parts.Stop) == 200,
            "the node after its restart",
            () => agent.Log
        );
        var look = await DriftLook.Run(parts, panel, agent, domain);
        var table = new Table(
            "A look at what stands",
            "websites",
            "seconds",
            "a visit before p50",
            "p99",
            "meanwhile p50",
            "p99",
            "slower by"
        );
        table.Add(
            $"{look.Items:#,0}",
            look.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
            Figure.P50(look.Before),
            Figure.P99(look.Before),
            Figure.P50(look.During),
            Figure.P99(look.During),
            look.Slower.ToString("0.0 %", CultureInfo.InvariantCulture)
        );
        table.Note(
            "From asking until the panel has all of it, up to a second of waiting for a heartbeat included. Without system users, whose list is read"
        );
        table.Note("once for all websites: their directories, their names in nginx's maps and an answer of each are looked at.");
        return table;
    }

    private static async Task<IReadOnlyList<SiteWait>> Waits(
        BenchParts parts,
        PanelPart panel,
        AgentProcess agent,
        IReadOnlyList<SampleOrder> orders
    )
    {
        await parts.Simulator.Pay(orders, parts.Stop);
        await using var client = await panel.Connect(parts.Stop);
        var waits = new List<SiteWait>();
        foreach (var order in orders)
            waits.Add(await SiteWait.Of(order, panel, client, agent, parts.Stop));
        return waits;
    }
}
