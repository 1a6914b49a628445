using System.Net.Sockets;
using MPanel.Faults.World;

namespace MPanel.Faults.Fire;

/// <summary>What befalls a hosting server: its agent, its nginx, its disk, its clock, its network.</summary>
internal sealed class NodeFaults(FaultWorld world, SiteWatch sites, Random random)
{
    public IEnumerable<KeyValuePair<string, Func<Fault>>> Makers
    {
        get
        {
            yield return new("agent-kill", () => OnAgent("agent-kill", n => n.Kill()));
            yield return new("agent-term", () => OnAgent("agent-term", n => n.Terminate()));
            yield return new("agent-stop", AgentStop);
            yield return new("nginx-kill", NginxKill);
            yield return new("nginx-master", NginxMaster);
            yield return new("nginx-port", NginxPort);
            yield return new("nginx-config", NginxConfig);
            yield return new("network-cut", () => OnNetwork("network-cut", g => g.Cut()));
            yield return new("network-hang", () => OnNetwork("network-hang", g => g.Hang()));
            yield return new("answer-lost", AnswerLost);
            if (world.Nodes[0].HasDisk)
            {
                yield return new("disk-full", () => OnDisk("disk-full", n => n.FillDisk(), n => n.EmptyDisk()));
                yield return new("disk-readonly", () => OnDisk("disk-readonly", n => n.SetReadOnly(true), n => n.SetReadOnly(false)));
            }
            if (Node.CanFakeTime)
                yield return new("clock", Clock);
        }
    }

    private Node Any() => world.Nodes[random.Next(world.Nodes.Count)];

    private Fault OnAgent(string name, Func<Node, Task> act)
    {
        var node = Any();
        return Of(name, node, TimeSpan.Zero, () => act(node), () => Task.CompletedTask);
    }

    private Fault AgentStop()
    {
        var node = Any();
        return Of("agent-stop", node, Timing.BeyondLease, node.Suspend, node.Resume);
    }

    private Fault OnNetwork(string name, Action<Gate> act)
    {
        var node = Any();
        var length = random.Next(2) == 0 ? Timing.BeyondLease : TimeSpan.FromSeconds(random.Next(1, 6));
        return Of(name, node, length, () => Now(() => act(node.Gate)), () => Now(node.Gate.Restore));
    }

    private Fault AnswerLost()
    {
        var node = Any();
        return Of("answer-lost", node, TimeSpan.FromSeconds(6), () => Now(() => node.Gate.LoseAnswers(3)), () => Now(node.Gate.Restore));
    }

    private Fault OnDisk(string name, Action<Node> act, Action<Node> undo)
    {
        var node = Any();
        return Of(name, node, TimeSpan.FromSeconds(random.Next(4, 10)), () => Now(() => act(node)), () => Now(() => undo(node)));
    }

    private Fault Clock()
    {
        var node = Any();
        var ahead = TimeSpan.FromHours(random.Next(2) == 0 ? 1 : -1);
        return Of("clock", node, TimeSpan.FromSeconds(10), () => node.SetClock(ahead), () => node.SetClock(TimeSpan.Zero));
    }

    private Fault NginxKill()
    {
        var node = Any();
        return Of("nginx-kill", node, TimeSpan.Zero, node.Agent.KillNginx, () => Task.CompletedTask) with { DarkensSites = true };
    }

    private Fault NginxMaster()
    {
        var node = Any();
        return Of("nginx-master", node, TimeSpan.Zero, () => Now(() => node.Agent.KillNginxMaster()), () => Task.CompletedTask) with
        {
            DarkensSites = true,
        };
    }

    private Fault NginxPort()
    {
        var node = Any();
        TcpListener? taken = null;
        return Of(
            "nginx-port",
            node,
            TimeSpan.FromSeconds(random.Next(3, 9)),
            async () => taken = await node.TakePort(),
            () => Now(() => taken?.Dispose())
        ) with
        {
            DarkensSites = true,
        };
    }

    private Fault NginxConfig()
    {
        var node = Any();
        var file = Path.Combine(node.Agent.VhostDirectory, "zz-foreign.conf");
        return Of(
            "nginx-config",
            node,
            TimeSpan.FromSeconds(random.Next(4, 10)),
            () => File.WriteAllTextAsync(file, "nonsense;\n"),
            () =>
                Now(() =>
                {
                    File.Delete(file);
                    // The agent may have put it out of the way.
                    var quarantine = Path.Combine(node.Agent.VhostDirectory, ".quarantine");
                    if (Directory.Exists(quarantine))
                        Directory.Delete(quarantine, recursive: true);
                })
        );
    }

    private Fault Of(string name, Node node, TimeSpan length, Func<Task> begin, Func<Task> end)
    {
        var over = DateTimeOffset.MaxValue;
        return new Fault(
            name,
            node.Name,
            length,
            begin,
            async () =>
            {
                await end();
                over = TimeProvider.System.GetUtcNow();
            },
            async () => await world.HeardSince(node, over) && await sites.AnswersNow(node)
        )
        {
            Node = node,
        };
    }

    private static Task Now(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
