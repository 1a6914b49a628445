using MPanel.StripeSimulator.Checkout;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Refunds;

namespace MPanel.StripeSimulator.State;

/// <param name="Id">Of the object that something happens to.</param>
internal sealed record DueAt(string Id, long At) : IKept;

/// <summary>What happens by itself when its time has come, by the simulator's clock.</summary>
internal static class Due
{
    public static void In(StripeState state, string id, long seconds) => state.Put(new DueAt(id, state.Now + seconds));

    public static void Never(StripeState state, string id) => state.Remove<DueAt>(id);

    /// <summary>All that is due, oldest first. What it leads to may be due at once as well.</summary>
    public static void Run(StripeState state) =>
        state.Do(() =>
        {
            while (state.All<DueAt>().Where(d => d.At <= state.Now).MinBy(d => d.At) is { } due)
            {
                state.Remove<DueAt>(due.Id);
                Happen(state, due.Id);
            }
        });

    private static void Happen(StripeState state, string id)
    {
        if (state.Find<SimulatedPayment>(id) is { } payment)
            Finishing.ByItself(state, payment);
        else if (state.Find<SimulatedRefund>(id) is { } refund)
            RefundChanges.ByItself(state, refund);
        else if (state.Find<SimulatedDispute>(id) is { } dispute)
            Disputing.ByItself(state, dispute);
        else if (state.Find<SimulatedSession>(id) is { IsOpen: true } session)
            Sessions.Expire(state, session);
    }
}

/// <summary>Looks every second, for whoever waits without asking.</summary>
internal sealed class DueTicker(StripeState state, ILogger<DueTicker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(stoppingToken))
            try
            {
                Due.Run(state);
            }
            catch (IOException e)
            {
                log.LogError(e, "The state file could not be written.");
            }
    }
}
