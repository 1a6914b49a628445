using System.Globalization;
using MPanel.Faults.World;
using MPanel.Tests.Support;

namespace MPanel.Faults.Load;

/// <summary>One website for a customer of its own: the shortest way from money to a server.</summary>
internal sealed record LoadOrder(string PaymentIntent)
{
    private const long Minor = 2988;
    private const int PayingAtOnce = 8;

    public byte[] Request(string key) => WireClient.Request("POST", OrderDesk.Route, key, Body);

    private string Body =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"stripePaymentIntentId":"{{PaymentIntent}}","customerEmail":"{{Name}}@example.com","customerName":"Client Name","items":[{"productSlug":"starter","qty":1,"unitPrice":29.88,"billingPeriod":"year"}],"primaryDomain":"{{Name}}.example"}
            """
        );

    /// <summary>So many, each paid at Stripe.</summary>
    public static async Task<IReadOnlyList<LoadOrder>> Paid(FaultWorld world, int count, CancellationToken stop)
    {
        var orders = Enumerable.Range(0, count).Select(_ => new LoadOrder(OrderDesk.NewPaymentIntent())).ToList();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, PayingAtOnce).Select(_ => Task.Run(Pay, stop)));
        return orders;

        async Task Pay()
        {
            await using var client = await WireClient.Open(world.Stripe.Port, stop);
            for (int i; (i = Interlocked.Increment(ref next)) < count; )
            {
                var body =
                    $$$"""{"amount":{{{Minor}}},"currency":"usd","status":"succeeded","livemode":false,"metadata":{"mpanel_order":"{{{OrderDesk.Binding(orders[i].Body)}}}"}}""";
                var path = $"/_sim/payment_intents/{orders[i].PaymentIntent}";
                var answer = await client.Send(WireClient.Request("PUT", path, json: body), stop);
                if (answer.Status is not (200 or 201))
                    throw new InvalidOperationException($"The simulator took no payment: {answer.Status} {answer.Body}");
            }
        }
    }

    private string Name => $"s{PaymentIntent[3..19]}";
}
