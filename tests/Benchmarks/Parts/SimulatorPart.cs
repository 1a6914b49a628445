using System.Net.Sockets;
using MPanel.Benchmarks.Load;
using MPanel.StripeSimulator;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Parts;

/// <summary>The Stripe simulator as a process, keeping nothing on disk.</summary>
public sealed class SimulatorPart : IAsyncDisposable
{
    private readonly ProgramProcess _process;
    private readonly int _port;

    private SimulatorPart(ProgramProcess process, int port) => (_process, _port) = (process, port);

    public string Url => $"http://127.0.0.1:{_port}";
    public string Key { get; } = StripeSimulation.NewKey();

    public static async Task<SimulatorPart> Start(string logs, CancellationToken stop)
    {
        var port = PostgresCluster.FreePort();
        var settings = new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Warning" };
        var process = ProgramProcess.Start(
            "stripe-simulator",
            typeof(StripeSimulatorApp).Assembly.Location,
            logs,
            ["--port", $"{port}"],
            settings
        );
        try
        {
            await process.Until(() => Answers(port, "/_sim/health", stop), stop);
            return new SimulatorPart(process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the address answers 200 now.</summary>
    public static async Task<bool> Answers(int port, string path, CancellationToken stop)
    {
        try
        {
            await using var client = await WireClient.Open(port, stop);
            return (await client.Send(WireClient.Request("GET", path), stop)).Status == 200;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>Succeeded payments of this amount.</summary>
    /// <param name="amount">Minor units, US dollars.</param>
    public async Task Pay(IReadOnlyList<string> paymentIntents, long amount, CancellationToken stop)
    {
        var body = $$"""{"amount":{{amount}},"currency":"usd","status":"succeeded","livemode":false}""";
        await Round.Run(
            Math.Min(4, paymentIntents.Count),
            paymentIntents.Count,
            _ => WireClient.Open(_port, stop),
            async (client, i) =>
            {
                var answer = await client.Send(WireClient.Request("PUT", $"/_sim/payment_intents/{paymentIntents[i]}", json: body), stop);
                if (answer.Status is not (200 or 201))
                    throw new InvalidOperationException($"The simulator took no payment: {answer.Status} {answer.Body}");
            },
            stop
        );
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
