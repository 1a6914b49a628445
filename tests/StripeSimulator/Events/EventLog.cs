using System.Text.Json.Nodes;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Webhooks;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Events;

/// <summary>Every change makes an event, in the same piece of work.</summary>
internal static class EventLog
{
    // A benchmark pays for tens of thousands of orders that nobody asks the events of.
    private const int Kept = 20_000;

    public static void Add(StripeState state, string type, IStripeObject about) =>
        Add(state, type, about, Rendering.Json(state, about), null);

    /// <summary>Nothing when the object reads as before.</summary>
    public static void Updated(StripeState state, string type, IStripeObject before, IStripeObject after)
    {
        var (old, now) = (Rendering.Json(state, before), Rendering.Json(state, after));
        var previous = new JsonObject(
            old.Where(field => !JsonNode.DeepEquals(field.Value, now[field.Key]))
                .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))
        );
        if (previous.Count > 0)
            Add(state, type, after, now, previous);
    }

    /// <summary>Another event of the same change, as Stripe sends now and then.</summary>
    public static SimulatedEvent Duplicate(StripeState state, SimulatedEvent e) => Put(state, e with { Id = StripeId.New("evt") });

    private static SimulatedEvent Put(StripeState state, SimulatedEvent e)
    {
        if (state.Count<SimulatedEvent>() >= Kept)
            state.Remove<SimulatedEvent>(state.Oldest<SimulatedEvent>()!.Id);
        state.Put(e);
        Deliveries.Queue(state, e);
        return e;
    }

    private static void Add(StripeState state, string type, IStripeObject about, JsonObject json, JsonObject? previous)
    {
        Put(
            state,
            new SimulatedEvent(
                StripeId.New("evt"),
                type,
                json.ToJsonString(),
                previous?.ToJsonString(),
                about.Livemode,
                state.Now,
                state.Cause?.RequestId,
                state.Cause?.IdempotencyKey
            )
        );
    }
}
