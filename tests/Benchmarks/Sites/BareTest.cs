using System.Diagnostics;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

/// <summary>The floor of every change of what a node serves: nginx alone tests its whole configuration.</summary>
public static class BareTest
{
    /// <returns>Milliseconds of each.</returns>
    public static async Task<IReadOnlyList<double>> Run(AgentProcess agent, int count, CancellationToken stop)
    {
        var times = new List<double>();
        string[] arguments =
        [
            "-t",
            "-q",
            "-c",
            Path.Combine(agent.NginxPrefix, "conf", "nginx.conf"),
            "-p",
            agent.NginxPrefix,
            "-e",
            Path.Combine(agent.NginxPrefix, "logs", "bench-error.log"),
        ];
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var nginx = Process.Start("/usr/sbin/nginx", arguments);
            await nginx.WaitForExitAsync(stop);
            if (nginx.ExitCode != 0)
                throw new InvalidOperationException($"nginx -t ended with {nginx.ExitCode}.");
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return times;
    }
}
