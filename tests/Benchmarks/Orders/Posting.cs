using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Parts;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Orders;

public static class Posting
{
    /// <summary>Posts them all with so many connections at once.</summary>
    public static Task<Round> Run(PanelPart panel, IReadOnlyList<SampleOrder> orders, int connections, CancellationToken stop)
    {
        var requests = orders.Select(o => o.Request(panel.Key)).ToArray();
        return Round.Run(connections, requests.Length, _ => panel.Connect(stop), (client, i) => Accepted(client, requests[i], stop), stop);
    }

    public static async Task Accepted(WireClient client, byte[] request, CancellationToken stop)
    {
        var answer = await client.Send(request, stop);
        if (answer.Status != 202)
            throw new InvalidOperationException($"The panel did not accept an order: {answer.Status} {answer.Body}");
    }
}
