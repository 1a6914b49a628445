using System.Text.Json;
using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Support;

/// <summary>An agent as the panel sees it: claims and completes over one connection with its server's token.</summary>
public sealed class Worker(WireClient client, string token) : IAsyncDisposable
{
    private readonly byte[] _claim = Claim(token, wait: 0);

    public static async Task<Worker> Open(int port, string token, CancellationToken stop) => new(await WireClient.Open(port, stop), token);

    /// <summary>Claims a task that is there and completes it.</summary>
    public async Task DoOne(CancellationToken stop) => await Complete(Lease(await client.Send(_claim, stop)), stop);

    /// <summary>Claims, waiting until there is something.</summary>
    public async Task<TaskLease> WaitForOne(CancellationToken stop) => Lease(await client.Send(Claim(token, wait: 30), stop));

    /// <summary>Claims; null when nothing came within so many seconds, or when the panel has no room for the question just now.</summary>
    public async Task<TaskLease?> TryClaim(int wait, CancellationToken stop)
    {
        var answer = await client.Send(Claim(token, wait), stop);
        return answer.Status is 204 or 503 ? null : Lease(answer);
    }

    public async Task Heartbeat(CancellationToken stop)
    {
        const string body =
            """{"agentVersion":"1.0.0","capabilities":["hosting","hosting-2"],"freeSlots":4,"metrics":{"cpuPercent":1,"load1":0.1,"load5":0.1,"load15":0.1,"memoryTotalBytes":1000000000,"memoryUsedBytes":1000000,"diskTotalBytes":1000000000,"diskUsedBytes":1000000,"networkReceivedBytesPerSecond":0,"networkSentBytesPerSecond":0,"uptimeSeconds":1000}}""";
        var answer = await client.Send(WireClient.Request("POST", WorkerRoutes.Heartbeat, token, body), stop);
        if (answer.Status is not (200 or 503))
            throw new InvalidOperationException($"A heartbeat got {answer.Status}: {answer.Body}");
    }

    public async Task Complete(TaskLease lease, CancellationToken stop)
    {
        var answer = await Deliver(lease, stop);
        if (answer.Status != 200)
            throw new InvalidOperationException($"A completion got {answer.Status}: {answer.Body}");
    }

    /// <summary>Says that it is done, whatever the panel answers.</summary>
    public Task<WireAnswer> Deliver(TaskLease lease, CancellationToken stop) =>
        client.Send(
            WireClient.Request(
                "POST",
                WorkerRoutes.Complete(lease.Id),
                token,
                $$"""{"leaseToken":"{{lease.LeaseToken}}","status":"success"}"""
            ),
            stop
        );

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private static byte[] Claim(string token, int wait) =>
        WireClient.Request("POST", WorkerRoutes.Claim, token, $$"""{"types":["hosting","hosting-2"],"wait":{{wait}}}""");

    private static TaskLease Lease(WireAnswer answer) =>
        answer.Status == 200
            ? JsonSerializer.Deserialize<TaskLease>(answer.Body, JsonSerializerOptions.Web)!
            : throw new InvalidOperationException($"A claim got {answer.Status} where a task was waiting: {answer.Body}");
}
