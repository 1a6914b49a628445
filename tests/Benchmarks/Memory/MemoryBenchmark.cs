using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Benchmarks.Reporting;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Memory;

/// <summary>What server and agent hold, at rest and at work.</summary>
public static class MemoryBenchmark
{
    public static async Task<IReadOnlyList<Table>> Run(BenchParts parts)
    {
        await using var panel = await PanelPart.Start(parts, "web,jobs");
        await using var agent = AgentProcess.Start(panel.Url, await panel.EnrolmentCode("srv1"));
        await Wait.Until(() => agent.NginxMaster() is not null, "the agent's nginx", () => agent.Log);
        await Task.Delay(TimeSpan.FromSeconds(parts.Options.Pick(3, 10, 20)), parts.Stop);
        var (serverIdle, agentIdle) = (ProcessMemory.Of(panel.ProcessId), ProcessMemory.Of(agent.ProcessId));

        parts.Say("  under load");
        var (serverMost, agentMost) = (0L, 0L);
        var orders = SampleOrder.Many(parts.Options.Pick(300, 3000, 10000));
        await parts.Simulator.Pay(orders, parts.Stop);
        var last = await Chain.BacklogRun.LastIntake(panel);
        var load = Task.Run(
            async () =>
            {
                await Posting.Run(panel, orders, 32, parts.Stop);
                await Chain.BacklogRun.Completed(panel, last, orders.Length, parts.Stop);
            },
            parts.Stop
        );
        while (!load.IsCompleted)
        {
            serverMost = Math.Max(serverMost, ProcessMemory.Of(panel.ProcessId).Resident);
            agentMost = Math.Max(agentMost, ProcessMemory.Of(agent.ProcessId).Resident);
            await Task.WhenAny(load, Task.Delay(100, parts.Stop));
        }
        await load;
        var (server, node) = (ProcessMemory.Of(panel.ProcessId), ProcessMemory.Of(agent.ProcessId));
        var table = new Table("Memory", "", "idle", "under load, most", "peak since start");
        table.Add("server (web,jobs)", Figure.Mebibytes(serverIdle.Resident), Figure.Mebibytes(serverMost), Figure.Mebibytes(server.Peak));
        table.Add("agent", Figure.Mebibytes(agentIdle.Resident), Figure.Mebibytes(agentMost), Figure.Mebibytes(node.Peak));
        table.Note($"Resident. Load: {orders.Length} orders over 32 connections, their chains, and the agent making websites meanwhile.");
        return [table];
    }
}
