namespace MPanel.Faults.Orders;

/// <summary>Orders, repeats and acts of admins, all the time until it closes.</summary>
public sealed class Trade(OrderGenerator orders, MarketingApi marketing, AdminDesk admins, int seed, RefundDesk? refunds = null)
{
    /// <summary>Ends when it has closed and every order is answered.</summary>
    public Task Run(CancellationToken close, CancellationToken stop) => Task.WhenAll(Sell(close, stop), Repeat(close, stop), Decide(close));

    private async Task Sell(CancellationToken close, CancellationToken stop)
    {
        var random = new Random(seed);
        var placed = new List<Task>();
        while (!close.IsCancellationRequested)
        {
            placed.Add(marketing.Place(orders.Next(), stop));
            await Pause(random.Next(200, 1800), close);
        }
        await Task.WhenAll(placed);
    }

    private async Task Repeat(CancellationToken close, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!close.IsCancellationRequested)
        {
            await Pause(random.Next(1000, 4000), close);
            await marketing.Repeat(stop);
        }
    }

    private async Task Decide(CancellationToken close)
    {
        while (!close.IsCancellationRequested)
        {
            await Pause(2500, close);
            await admins.DoSomething();
            if (refunds is not null)
                await refunds.DoSomething();
        }
    }

    private static async Task Pause(int milliseconds, CancellationToken close) =>
        await Task.Delay(milliseconds, close).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
