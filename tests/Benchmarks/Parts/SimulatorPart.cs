using System.Net.Sockets;
using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Orders;
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

    /// <summary>A succeeded payment for each of these orders.</summary>
    public async Task Pay(IReadOnlyList<SampleOrder> orders, CancellationToken stop) =>
        await Round.Run(
            Math.Min(4, orders.Count),
            orders.Count,
            _ => WireClient.Open(_port, stop),
            async (client, i) =>
            {
                var body =
                    $$$"""{"amount":{{{SampleOrder.Total}}},"currency":"usd","status":"succeeded","livemode":false,"metadata":{"mpanel_order":"{{{orders[i].Binding}}}"}}""";
                var path = $"/_sim/payment_intents/{orders[i].PaymentIntent}";
                var answer = await client.Send(WireClient.Request("PUT", path, json: body), stop);
                if (answer.Status is not (200 or 201))
                    throw new InvalidOperationException($"The simulator took no payment: {answer.Status} {answer.Body}");
            },
            stop
        );

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
