using System.Text.Json.Nodes;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Events;

/// <summary>That something changed, with the object as it was then.</summary>
/// <param name="Data">JSON of the object.</param>
/// <param name="Previous">JSON of the fields that changed, as they were before; null when the event has none.</param>
internal sealed record SimulatedEvent(
    string Id,
    string Type,
    string Data,
    string? Previous,
    bool Livemode,
    long Created,
    string? RequestId,
    string? IdempotencyKey
) : IStripeObject
{
    /// <summary>https://docs.stripe.com/api/events/object</summary>
    /// <param name="pendingWebhooks">Endpoints that have not taken it yet.</param>
    public JsonObject ToJson(int pendingWebhooks)
    {
        var data = new JsonObject { ["object"] = JsonNode.Parse(Data) };
        if (Previous is not null)
            data["previous_attributes"] = JsonNode.Parse(Previous);
        return new JsonObject
        {
            ["id"] = Id,
            ["object"] = "event",
            ["api_version"] = StripeVersion.Default,
            ["created"] = Created,
            ["data"] = data,
            ["livemode"] = Livemode,
            ["pending_webhooks"] = pendingWebhooks,
            ["request"] = new JsonObject { ["id"] = RequestId, ["idempotency_key"] = IdempotencyKey },
            ["type"] = Type,
        };
    }
}
