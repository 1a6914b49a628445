using MPanel.NodeAgent.Node;

namespace MPanel.Tests.Unit.NodeAgent.Node;

public sealed class ProcTextTests
{
    [Fact]
    public void Cpu_OfStat_CountsWaitingAsIdleAndGuestsOnce() =>
        Assert.Equal(new CpuTimes(1000, 700), ProcText.Cpu(["cpu  100 50 100 600 100 20 20 10 30 5", "cpu0 1 1 1 1 1 1 1 1 1 1"]));

    [Fact]
    public void Load_OfLoadavg_IsThreeNumbers() => Assert.Equal([0.5, 1.25, 2], ProcText.Load(["0.50 1.25 2.00 1/200 12345"]));

    [Fact]
    public void Memory_OfMeminfo_IsInBytes() =>
        Assert.Equal(new Memory(2048, 1024), ProcText.Memory(["MemTotal:           2 kB", "MemFree: 0 kB", "MemAvailable:  1 kB"]));

    [Fact]
    public void Uptime_OfUptime_IsInSeconds() => Assert.Equal(12345, ProcText.Uptime(["12345.67 999.99"]));

    [Fact]
    public void Network_OfDev_SumsAllButTheLoopback() =>
        Assert.Equal(
            new Traffic(30, 300),
            ProcText.Network([
                "Inter-|   Receive                                                |  Transmit",
                " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
                "    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0",
                "  eth0:10 1 0 0 0 0 0 0 100 1 0 0 0 0 0 0",
                "  eth1: 20 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0",
            ])
        );
}
