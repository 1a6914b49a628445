using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Webhooks;

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="DueAt">Not before; seconds since 1970.</param>
/// <param name="Copies">How often it is still to be delivered.</param>
/// <param name="Attempts">Since the last success.</param>
internal sealed record Delivery(string Id, string Event, string Endpoint, string Status, long DueAt, int Copies, int Attempts) : IKept
{
    /// <summary>What the last attempt was answered with; null when nothing was.</summary>
    public int? Answered { get; init; }
}

internal static class DeliveryStatus
{
    public const string Pending = "pending";
    public const string Delivered = "delivered";
    public const string Failed = "failed";
    public const string Lost = "lost";
}

internal static class Deliveries
{
    private const int Kept = 20_000;

    public static void Queue(StripeState state, SimulatedEvent e)
    {
        foreach (var endpoint in state.All<WebhookEndpoint>().Where(endpoint => endpoint.Wants(e)))
            Add(state, e, endpoint, endpoint.Habits.Loses(e) ? DeliveryStatus.Lost : DeliveryStatus.Pending, endpoint.Habits.DelaySeconds);
    }

    /// <summary>Once more and at once, whatever became of it before.</summary>
    public static void Again(StripeState state, SimulatedEvent e)
    {
        foreach (var endpoint in state.All<WebhookEndpoint>().Where(endpoint => endpoint.Wants(e)))
            Add(state, e, endpoint, DeliveryStatus.Pending, 0);
    }

    /// <summary>What is to be sent now, in the order it is to be sent in.</summary>
    public static IReadOnlyList<Delivery> ToSend(StripeState state, WebhookEndpoint endpoint)
    {
        if (endpoint.Habits.Paused)
            return [];
        var due = state.All<Delivery>().Where(d => d.Endpoint == endpoint.Id && d.Status == DeliveryStatus.Pending && d.DueAt <= state.Now);
        return endpoint.Habits.NewestFirst ? [.. due.Reverse()] : [.. due];
    }

    /// <param name="answered">The status; null when there was no answer.</param>
    public static void Attempted(StripeState state, string id, WebhookEndpoint endpoint, int? answered) =>
        state.Do(() =>
        {
            // The endpoint, or all payments, may have been taken away meanwhile.
            if (state.Find<Delivery>(id) is not { Status: DeliveryStatus.Pending } delivery)
                return;
            var waits = endpoint.Habits.RetrySeconds;
            var next =
                answered is >= 200 and < 300
                    ? delivery with
                    {
                        Attempts = 0,
                        Copies = delivery.Copies - 1,
                        Status = delivery.Copies > 1 ? DeliveryStatus.Pending : DeliveryStatus.Delivered,
                    }
                : delivery.Attempts < waits.Count
                    ? delivery with
                    {
                        Attempts = delivery.Attempts + 1,
                        DueAt = state.Now + waits[delivery.Attempts],
                    }
                : delivery with { Attempts = delivery.Attempts + 1, Status = DeliveryStatus.Failed };
            state.Put(next with { Answered = answered });
        });

    /// <summary>The endpoint is gone, and what waits for it as well.</summary>
    public static void Stop(StripeState state, string endpointId) =>
        state.Do(() =>
        {
            state.Remove<WebhookEndpoint>(endpointId);
            foreach (var delivery in state.All<Delivery>().Where(d => d.Endpoint == endpointId && d.Status == DeliveryStatus.Pending))
                state.Remove<Delivery>(delivery.Id);
        });

    private static void Add(StripeState state, SimulatedEvent e, WebhookEndpoint endpoint, string status, long delay)
    {
        if (state.Count<Delivery>() >= Kept)
            state.Remove<Delivery>(state.Oldest<Delivery>()!.Id);
        state.Put(new Delivery(StripeId.New("whd"), e.Id, endpoint.Id, status, state.Now + delay, Math.Max(1, endpoint.Habits.Copies), 0));
    }
}

/// <summary>How the deliveries of each event stand.</summary>
internal sealed record DeliveryCounts(ILookup<string, string> StatusesByEvent)
{
    public static DeliveryCounts Of(StripeState state) => new(state.All<Delivery>().ToLookup(d => d.Event, d => d.Status));

    public int Pending(string eventId) => StatusesByEvent[eventId].Count(status => status == DeliveryStatus.Pending);

    public bool Succeeded(string eventId) => StatusesByEvent[eventId].All(status => status == DeliveryStatus.Delivered);
}
