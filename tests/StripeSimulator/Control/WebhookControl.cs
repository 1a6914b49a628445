using System.Text.Json.Serialization;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Webhooks;

namespace MPanel.StripeSimulator.Control;

/// <summary>Where events are delivered to, how badly, and what became of each.</summary>
internal static class WebhookControl
{
    public static void MapWebhookControl(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/webhook_endpoints", (StripeState state) => ControlJson.Ok(state.All<WebhookEndpoint>()));
        routes.MapPost("/_sim/webhook_endpoints", (HttpContext context, StripeState state) => Put(context, StripeId.New("we"), state));
        routes.MapPut("/_sim/webhook_endpoints/{id}", Put);
        routes.MapDelete(
            "/_sim/webhook_endpoints/{id}",
            (string id, StripeState state) => ControlJson.Done(() => Deliveries.Stop(state, id))
        );
        routes.MapGet("/_sim/deliveries", All);
        routes.MapPost("/_sim/events/{id}/redeliver", (string id, StripeState state) => With(state, id, e => Redeliver(state, e)));
        routes.MapPost("/_sim/events/{id}/duplicate", (string id, StripeState state) => With(state, id, e => EventLog.Duplicate(state, e)));
    }

    private static Task<IResult> Put(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenEndpoint>(
            context,
            given =>
            {
                if (WebhookEndpoint.Wrong(given.Url, given.Secrets) is { } wrong)
                    return ControlJson.Wrong(wrong);
                var habits = given.Habits ?? new DeliveryHabits();
                if (habits.Copies is < 1 or > 100 || habits.DelaySeconds < 0 || habits.RetrySeconds.Any(wait => wait < 0))
                    return ControlJson.Wrong("copies are 1 to 100, and no wait is below 0.");
                return state.Do(() =>
                {
                    var existed = state.Find<WebhookEndpoint>(id) is not null;
                    var endpoint = new WebhookEndpoint(id, given.Url, given.Secrets, given.Events ?? ["*"], given.Livemode)
                    {
                        Habits = habits,
                    };
                    return ControlJson.Ok(state.Put(endpoint), existed ? 200 : 201);
                });
            }
        );

    private static IResult All(StripeState state) =>
        state.Do(() =>
        {
            var all = state.All<Delivery>();
            return ControlJson.Ok(
                new
                {
                    pending = all.Count(d => d.Status == DeliveryStatus.Pending),
                    delivered = all.Count(d => d.Status == DeliveryStatus.Delivered),
                    failed = all.Count(d => d.Status == DeliveryStatus.Failed),
                    lost = all.Count(d => d.Status == DeliveryStatus.Lost),
                    deliveries = all,
                }
            );
        });

    private static IResult With(StripeState state, string id, Func<SimulatedEvent, SimulatedEvent> work) =>
        state.Do(() => state.Find<SimulatedEvent>(id) is { } e ? ControlJson.Ok(new { id = work(e).Id }, 201) : Results.NotFound());

    private static SimulatedEvent Redeliver(StripeState state, SimulatedEvent e)
    {
        Deliveries.Again(state, e);
        return e;
    }

    /// <param name="Events">Types, or beginnings of some with a star; null for all.</param>
    private sealed record GivenEndpoint(
        [property: JsonRequired] string Url,
        [property: JsonRequired] IReadOnlyList<string> Secrets,
        IReadOnlyList<string>? Events = null,
        bool Livemode = false,
        DeliveryHabits? Habits = null
    );
}
