using MPanel.NodeAgent.Contract;

namespace MPanel.NodeAgent.Node;

/// <summary>Reads the node's figures from /proc. Rates are over the time since the last reading, zero at the first.</summary>
internal sealed class NodeMeter(AgentOptions options, TimeProvider time)
{
    private (CpuTimes Cpu, Traffic Traffic, long At)? _last;

    public NodeMetrics Read()
    {
        var (cpu, traffic, at) = (ProcText.Cpu(Lines("stat")), ProcText.Network(Lines("net/dev")), time.GetTimestamp());
        var (busy, received, sent) = Rates(cpu, traffic, at);
        _last = (cpu, traffic, at);
        var load = ProcText.Load(Lines("loadavg"));
        var memory = ProcText.Memory(Lines("meminfo"));
        var disk = new DriveInfo(options.SitesDirectory);
        return new NodeMetrics(
            busy,
            load[0],
            load[1],
            load[2],
            memory.Total,
            memory.Total - memory.Available,
            disk.TotalSize,
            disk.TotalSize - disk.TotalFreeSpace,
            received,
            sent,
            ProcText.Uptime(Lines("uptime"))
        );
    }

    private (double Busy, long Received, long Sent) Rates(CpuTimes cpu, Traffic traffic, long at)
    {
        if (_last is not { } last)
            return (0, 0, 0);
        var seconds = Math.Max(0.001, time.GetElapsedTime(last.At, at).TotalSeconds);
        var all = cpu.All - last.Cpu.All;
        var busy = all <= 0 ? 0 : 100.0 * (all - (cpu.Idle - last.Cpu.Idle)) / all;
        return (
            Math.Round(Math.Clamp(busy, 0, 100), 1),
            Rate(traffic.Received - last.Traffic.Received),
            Rate(traffic.Sent - last.Traffic.Sent)
        );

        // An interface that went away takes its counters with it.
        long Rate(long bytes) => (long)(Math.Max(0, bytes) / seconds);
    }

    private static string[] Lines(string file) => File.ReadAllLines($"/proc/{file}");
}
