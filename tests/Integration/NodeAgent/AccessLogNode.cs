using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>What a test asks about the access logs of a node.</summary>
internal static class AccessLogNode
{
    public static string DirectoryOf(AgentProcess agent, long site) => Path.Combine(agent.SitesDirectory, $"s{site}", "logs");

    public static string Of(AgentProcess agent, long site) => Read(Path.Combine(DirectoryOf(agent, site), "access.log"));

    /// <summary>Lines of names that no website has.</summary>
    public static string Unknown(AgentProcess agent) => Read(Path.Combine(agent.NginxPrefix, "logs", "unknown", "access.log"));

    /// <summary>Logs that were taken up and are not read to their end.</summary>
    public static string[] Taken(AgentProcess agent) =>
        [.. Directory.GetFiles(Path.GetDirectoryName(agent.AccessLog)!, "sites.log.*").Where(f => f != agent.AccessLog)];

    public static long Requests(AgentProcess agent, long site) => Sum(agent, site, "requests");

    public static long Sum(AgentProcess agent, long site, string what)
    {
        var directory = Path.Combine(agent.VhostDirectory, ".mpanel", "traffic");
        var sum = 0L;
        foreach (var file in Directory.Exists(directory) ? Directory.GetFiles(directory, "????-??-??.json") : [])
        {
            using var day = JsonDocument.Parse(File.ReadAllBytes(file));
            if (day.RootElement.GetProperty("sites").TryGetProperty(site.ToString(CultureInfo.InvariantCulture), out var traffic))
                sum += traffic.GetProperty(what).GetInt64();
        }
        return sum;
    }

    /// <summary>Sends bytes as they are, and returns how many came back.</summary>
    public static async Task<int> Send(AgentProcess agent, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", agent.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return (int)answer.Length;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
