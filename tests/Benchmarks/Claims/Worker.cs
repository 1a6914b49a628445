using System.Text.Json;
using MPanel.Benchmarks.Load;
using MPanel.NodeAgent.Contract;

namespace MPanel.Benchmarks.Claims;

/// <summary>An agent as the panel sees it: claims and completes over one connection with its server's token.</summary>
public sealed class Worker(WireClient client, string token) : IAsyncDisposable
{
    private readonly byte[] _claim = Claim(token, wait: 0);

    public static async Task<Worker> Open(int port, string token, CancellationToken stop) => new(await WireClient.Open(port, stop), token);

    /// <summary>Claims a task that is there and completes it.</summary>
    public async Task DoOne(CancellationToken stop) => await Complete(Lease(await client.Send(_claim, stop)), stop);

    /// <summary>Claims, waiting until there is something.</summary>
    public async Task<TaskLease> WaitForOne(CancellationToken stop) => Lease(await client.Send(Claim(token, wait: 30), stop));

    public async Task Complete(TaskLease lease, CancellationToken stop)
    {
        var body = $$"""{"leaseToken":"{{lease.LeaseToken}}","status":"success"}""";
        var answer = await client.Send(WireClient.Request("POST", WorkerRoutes.Complete(lease.Id), token, body), stop);
        if (answer.Status != 200)
            throw new InvalidOperationException($"A completion got {answer.Status}: {answer.Body}");
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private static byte[] Claim(string token, int wait) =>
        WireClient.Request("POST", WorkerRoutes.Claim, token, $$"""{"types":["hosting"],"wait":{{wait}}}""");

    private static TaskLease Lease(WireAnswer answer) =>
        answer.Status == 200
            ? JsonSerializer.Deserialize<TaskLease>(answer.Body, JsonSerializerOptions.Web)!
            : throw new InvalidOperationException($"A claim got {answer.Status} where a task was waiting: {answer.Body}");
}
