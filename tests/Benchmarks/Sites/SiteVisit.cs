using System.Net.Sockets;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

public static class SiteVisit
{
    /// <summary>
    /// Of the first page; 0 when there was no answer. Each time a new connection: after a reload, nginx's old workers go on serving the connections
    /// they have.
    /// </summary>
    public static async Task<int> Status(string domain, AgentProcess agent, CancellationToken stop)
    {
        try
        {
            await using var client = await WireClient.Open(agent.Port, stop);
            return (await client.Send(WireClient.Request("GET", "/", host: domain), stop)).Status;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return 0;
        }
    }
}
